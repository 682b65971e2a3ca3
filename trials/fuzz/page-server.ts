// What may be asked of the server of the page: an input is a request, a line each for its method, path, host, content type
// and cookie, then its body. TOKEN stands for the right token.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findRecipe } from '../../src/cli/training/flags.ts'
import { ConfigError } from '../../src/errors.ts'
import { runFolders } from '../../src/runs/folders.ts'
import { answers } from '../../src/view/answers.ts'
import { newToken } from '../../src/view/guard.ts'
import { Live } from '../../src/view/live.ts'
import { viewApp } from '../../src/view/server.ts'
import { recordedRun } from '../../test/query/runs.ts'
import type { Target } from './targets.ts'

const port = 7777
const token = newToken()
const secret = newToken()
const hosts = ['127.0.0.1', 'localhost', '[::1]'].map(name => `${name}:${port}`)

type App = ReturnType<typeof viewApp>
let made: App | null = null

/** A server over one run, beside which lies what it may not show. */
function app(): App {
  if (made !== null) return made
  const root = mkdtempSync(join(tmpdir(), 'minform-fuzz-page-'))
  const iterations = [[{}, {}], [{}]]
  recordedRun(join(root, 'runs', 'one'), {
    iterations,
    metrics: [{ iteration: 1, 'rollouts/accuracy': 0.5 }],
  })
  for (const place of [root, join(root, 'runs'), join(root, 'runs', 'one')])
    writeFileSync(join(place, 'secret.json'), JSON.stringify({ secret }))
  const folders = runFolders([join(root, 'runs')])
  const ask = async (): Promise<never> => {
    throw new ConfigError('a question: SQL is another target')
  }
  const viewed = { answer: answers(folders, findRecipe), live: new Live(folders), ask }
  made = viewApp(viewed, token, () => port)
  return made
}

async function read(bytes: Buffer): Promise<void> {
  const lines = bytes.toString('latin1').replaceAll('TOKEN', token).split('\n')
  const [method = '', path = '', host = '', type = '', cookie = '', ...body] = lines
  const request = requestOf({ method, path, host, type, cookie, body: body.join('\n') })
  const response = await app().fetch(request)
  const { status } = response
  const text = path.includes('live') && status === 200 ? '' : await response.text()
  if (text === '') await response.body?.cancel()
  const shown = `${status} of ${JSON.stringify(lines)}: ${text.slice(0, 200)}`
  if (status >= 500) throw new TypeError(`the server failed, ${shown}`)
  if (text.includes(secret)) throw new TypeError(`it shows what lies beside the runs, ${shown}`)
  if (response.headers.get('content-security-policy') === null)
    throw new TypeError(`an answer without a policy, ${shown}`)
  if (!lets(request) && ![401, 403, 405].includes(status))
    throw new TypeError(`it lets in whom it must not, ${shown}`)
  if (status >= 400) throw new ConfigError(`${status}`) // refused by name
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly host: string
  readonly type: string
  readonly cookie: string
  readonly body: string
}

/** The request, where HTTP can say it. */
function requestOf({ method, path, host, type, cookie, body }: Asked): Request {
  try {
    const headers = new Headers({ host, cookie })
    if (type !== '') headers.set('content-type', type)
    const sent = ['GET', 'HEAD'].includes(method) ? null : body
    return new Request(`http://127.0.0.1:${port}/${path}`, { method, headers, body: sent })
  } catch (cause) {
    throw new ConfigError('no request can say that', { cause })
  }
}

/** Whether it comes by a name of this machine and holds the token, where tokens are looked for. */
function lets({ url, headers }: Request): boolean {
  const said = new URL(url).searchParams.get('token')
  const cookies = (headers.get('cookie') ?? '').split(/;\s*/)
  const bare = (cookie: string): string => cookie.replaceAll(/["\s]/g, '') // as a value may be written
  const holds = said === token || cookies.some(one => bare(one) === `minform-${port}=${token}`)
  return hosts.includes(headers.get('host') ?? '') && holds
}

function seeds(): Buffer[] {
  const paths = [
    ...['', 'index.html', 'data/runs.json', 'data/run/one.json', 'data/run/one/1.json'],
    ...['data/run/one/1/0.json', 'data/live', 'data/query', 'secret.json', '../secret.json'],
    ...['data/run/..%2fsecret.json', 'data/run/one/%2e%2e/secret.json', 'data/..%5csecret.json'],
    ...['data/run/__proto__.json', 'data/run/one/1e3.json', 'data/run/one/-1/0.json'],
  ]
  const cookie = `minform-${port}=TOKEN`
  const all = paths.flatMap(path => [
    ['GET', path, hosts[0], '', cookie],
    ['GET', `${path}?token=TOKEN`, hosts[1], '', ''],
    ['GET', path, hosts[0], '', ''],
  ])
  const others = [
    ['POST', 'data/query', hosts[0], 'application/json', cookie, '{"sql":"select 1","run":null}'],
    ['POST', 'data/query', hosts[0], 'text/plain', cookie, '{"sql":"select 1","run":null}'],
    ['GET', 'data/runs.json', 'evil.example', '', cookie],
    ['HEAD', 'data/runs.json', hosts[2], '', cookie],
    ['DELETE', 'data/runs.json', hosts[2], '', cookie],
  ]
  return [...all, ...others].map(lines => Buffer.from(lines.join('\n')))
}

export const pageServer: Target = { seeds, read }
