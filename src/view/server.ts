// The server of the page: on this machine alone, for whoever has its token, and it only reads.

import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { ConfigError, MinformError } from '../errors.ts'
import type { Answers } from './answers.ts'
import type { LiveChange } from './api.ts'
import type { Asking } from './ask.ts'
import { guard, newToken } from './guard.ts'
import type { Live } from './live.ts'
import { pageFiles } from './page-files.ts'

const host = '127.0.0.1'
const largestQuestion = 2 ** 16 // bytes

/** A server that answers. */
export interface ViewServer {
  readonly address: string // with its token
  readonly port: number
  close(): Promise<void>
}

/** What a server answers from. */
export interface Viewed {
  readonly answer: Answers
  readonly live: Live
  readonly ask: Asking
}

/** What is asked of the server, as requests: `/data/PATH.json`, `/data/live`, `/data/query` and the files of the page. */
export function viewApp({ answer, live, ask }: Viewed, token: string, port: () => number): Hono {
  const app = new Hono()
  app.use(guard(token, port))
  app.get('/data/live', c => streamSSE(c, stream => tellChanges(stream, live)))
  app.post('/data/query', bodyLimit({ maxSize: largestQuestion }), async c => {
    try {
      return c.json(await ask(await c.req.json().catch(() => null), c.req.raw.signal))
    } catch (error) {
      return c.json({ error: (error as Error).message }, error instanceof MinformError ? 400 : 500)
    }
  })
  app.get('/data/*', async c => {
    const path = /^\/data\/(.+)\.json$/.exec(c.req.path)?.[1]
    if (path === undefined) return c.json({ error: `there is no ${c.req.path}` }, 404)
    try {
      return c.json(await answer(decoded(path)))
    } catch (error) {
      return c.json({ error: (error as Error).message }, error instanceof MinformError ? 404 : 500)
    }
  })
  app.get('*', c => {
    const path = c.req.path === '/' ? '/index.html' : c.req.path
    const files = pageFiles()
    if (files === null)
      return c.text('the page is not built: npm run build in the folder of minform makes it\n', 503)
    const found = files.get(path)
    if (found === undefined) return c.text(`there is no ${path}\n`, 404)
    return c.body(found.bytes, 200, { 'Content-Type': found.type })
  })
  return app
}

/** Starts a server; port 0 is any that is free. Throws ConfigError where the port cannot be had. */
export async function serveView(viewed: Viewed, asked = 0): Promise<ViewServer> {
  const token = newToken()
  let port = asked
  const { fetch } = viewApp(viewed, token, () => port)
  const server = createAdaptorServer({ fetch }) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause =>
      reject(
        new ConfigError(`port ${asked}: ${cause.message}; another is taken without --port`, {
          cause,
        }),
      ),
    )
    server.listen(asked, host, resolve)
  })
  port = (server.address() as AddressInfo).port
  return {
    address: `http://${host}:${port}/?token=${token}`,
    port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Sends changes until the page is closed: to one that is slow the last of each run. */
async function tellChanges(stream: SSEStreamingApi, live: Live): Promise<void> {
  const waiting = new Map<string | null, LiveChange>()
  let wake = (): void => {}
  const release = live.listen(change => {
    const iteration = change.iteration ?? waiting.get(change.run)?.iteration ?? null
    waiting.set(change.run, { ...change, iteration })
    wake()
  })
  stream.onAbort(() => wake())
  try {
    await stream.write('retry: 2000\n\n') // milliseconds, after which a page asks again
    while (!stream.aborted) {
      const changes = [...waiting.values()]
      waiting.clear()
      for (const change of changes) await stream.writeSSE({ data: JSON.stringify(change) })
      if (waiting.size > 0 || stream.aborted) continue
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  } finally {
    release()
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
