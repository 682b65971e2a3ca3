// Questions to a server that is asked again for as long as it fails for now. Servers fail in many ways: what is worth
// another attempt, and how long to wait before it, is decided here for everyone who asks one.

import { setTimeout as sleep } from 'node:timers/promises'
import type { MinformError } from '../errors.ts'
import { told } from './address.ts'
import { limiter } from './limiter.ts'
import { type Received, type Server, send } from './post.ts'
import { retryAfterMs } from './retry-after.ts'

/** How a server is asked. */
export interface Patience {
  readonly timeoutMs?: number | undefined // of one request, its answer read; default 120,000
  readonly retries?: number | undefined // after the first attempt; default 4
  readonly backoffMs?: number | undefined // before the first retry, then doubled up to 30,000; default 500
  readonly concurrency?: number | undefined // requests under way at once; default 8
}

export interface Question {
  readonly path?: string // added to the server's; default nothing
  readonly body: string | null // JSON; null: a GET
  readonly maybe?: boolean // a server may lack this path: then the answer is missing; default false
  readonly signal?: AbortSignal | undefined
}

/** What the text of an answer was read as, or why it is none, which is asked again. */
export type Read<T> = { readonly value: T } | { readonly failed: string }

/** What came of a question; where nothing did after every attempt, why, and what the server said of it. */
export type Answer<T> =
  | { readonly value: T; readonly missing: null }
  | { readonly value: null; readonly missing: string; readonly said: string }

/** Requests that were made so far, and how many of them were retries. */
export interface Requests {
  readonly requests: number
  readonly retries: number
}

export interface Asker {
  /**
   * Asks until `read` makes something of the answer. Throws what `fail` makes where asking again cannot help: the server
   * refuses the key, knows no such path or model, is elsewhere, or was never reached.
   */
  ask<T>(question: Question, read: (text: string) => Read<T>): Promise<Answer<T>>
  requests(): Requests
}

const longestBackoff = 30_000 // ms
const lacking = [404, 405]
const hopeless = [401, 403, ...lacking]
const passing = [408, 409, 425, 429]

/** Why an attempt failed, whether to make another one, and when. */
interface Failed {
  readonly failed: string
  readonly said: string
  readonly again: boolean
  readonly afterMs: number
}

/** Asks one server, with bounds. `fail` makes the error of a sentence; `largest` bounds an answer, in bytes. */
export function asker(
  server: Server,
  { timeoutMs = 120_000, retries = 4, backoffMs = 500, concurrency = 8 }: Patience,
  { fail, largest }: { readonly fail: (what: string) => MinformError; readonly largest?: number },
): Asker {
  const turn = limiter(concurrency)
  const spent = { requests: 0, retries: 0 }
  let reached = false
  const attempt = async <T>(
    { signal, maybe = false, ...rest }: Question,
    read: (text: string) => Read<T>,
  ): Promise<{ readonly value: T } | Failed> => {
    spent.requests++
    let received: Received
    try {
      received = await send(server, { ...rest, timeoutMs, signal, ...(largest && { largest }) })
    } catch (error) {
      signal?.throwIfAborted()
      const late = (error as Error).name === 'TimeoutError'
      return failed(late ? 'no answer in time' : 'no connection')
    }
    reached = true
    const { status } = received
    if (maybe && lacking.includes(status)) return { ...failed(`status ${status}`), again: false }
    const { path } = rest
    const shown = path === undefined ? server.shown : `${server.shown}, ${path}`
    if (status !== 200) return refused({ ...server, shown }, received, fail)
    const found = read(textOf(received))
    return 'value' in found ? found : failed(found.failed)
  }
  return {
    ask: async (question, read) => {
      let last = failed('never asked')
      for (let tried = 0; tried <= retries; tried++) {
        if (tried > 0) spent.retries++
        const found = await turn(() => attempt(question, read), question.signal)
        if ('value' in found) return { value: found.value, missing: null }
        last = found
        if (!found.again) break
        const wait = Math.min(longestBackoff, backoffMs * 2 ** tried)
        const { signal } = question
        if (tried < retries)
          await sleep(Math.max(wait, found.afterMs), undefined, signal && { signal })
      }
      if (!reached)
        throw fail(`${server.shown}: cannot be reached (${last.failed}); is it running?`)
      return { value: null, missing: last.failed, said: last.said }
    },
    requests: () => ({ ...spent }),
  }
}

function failed(why: string): Failed {
  return { failed: why, said: '', again: true, afterMs: 0 }
}

function textOf({ bytes }: Received): string {
  return new TextDecoder().decode(bytes)
}

function refused(
  { shown, secrets }: Server,
  received: Received,
  fail: (what: string) => MinformError,
): Failed {
  const { status, headers } = received
  const location = headers.get('location')
  if (location !== null && status >= 300 && status < 400)
    throw fail(
      `${shown}: ${status}: it is elsewhere, at ${told(location, secrets)}; give that address`,
    )
  const said = told(textOf(received), secrets)
  if (hopeless.includes(status))
    throw fail(`${shown}: ${status}: ${said}; check the address, the model's name and the key`)
  const afterMs = Math.min(longestBackoff, retryAfterMs(headers))
  const again = status >= 500 || passing.includes(status)
  return { failed: `status ${status}`, said, again, afterMs }
}
