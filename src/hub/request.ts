// One request to the Hub: with the token where it belongs and nowhere else, asked again where that may help, given up
// where nothing comes for too long.

import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError } from '../errors.ts'
import { retryAfterMs } from '../http/retry-after.ts'
import type { HubSettings } from './settings.ts'

/** How patient requests are. */
export interface Patience {
  readonly silenceMs: number // without a byte, until an attempt is given up
  readonly retries: number // in a row, after the first attempt
  readonly backoffMs: number // before the first of them, then doubled
}

export const patience: Patience = { silenceMs: 30_000, retries: 5, backoffMs: 500 }

/** What requests are made with. */
export interface Connection extends HubSettings, Patience {
  readonly signal?: AbortSignal | undefined
  /** Told what a user should know, in one line. */
  readonly say: (line: string) => void
}

/** A host that does not answer, or not sensibly, after every attempt: what is in the cache may still do. */
export class Unreachable extends EngineError {}

const longestBackoff = 30_000 // ms
const longestWait = 120_000 // ms that a server may ask for
const nobody = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH']
const passing = [408, 425, 429, 500, 502, 503, 504]

/** An answer: its body is read, which ends where nothing comes for too long, or it is dropped. */
export interface Answered {
  readonly response: Response
  body(): AsyncGenerator<Uint8Array>
  drop(): Promise<void>
}

/** One attempt. Throws Passing where another one may succeed. */
export async function attempt(
  url: string,
  headers: Readonly<Record<string, string>>,
  { endpoint, token, silenceMs, signal }: Connection,
): Promise<Answered> {
  const silence = new AbortController()
  const stop = (): void => silence.abort(signal?.reason)
  signal?.throwIfAborted()
  signal?.addEventListener('abort', stop, { once: true })
  const late = setTimeout(() => silence.abort(new Passing(silent(url, silenceMs))), silenceMs)
  const done = (): void => {
    clearTimeout(late)
    signal?.removeEventListener('abort', stop)
  }
  const failed = (cause: unknown): Error => {
    done()
    if (signal?.aborted) return signal.reason as Error
    if (cause instanceof Passing) return cause
    const { code, text } = reasonOf(cause)
    return new Passing(`${hostOf(url)}: ${text}`, { nobody: nobody.includes(code) })
  }
  // A redirect to another host is followed without the token: fetch drops it there.
  const own = token !== null && new URL(url).origin === new URL(endpoint).origin
  const sent = { ...headers, ...(own && { authorization: `Bearer ${token}` }) }
  try {
    const response = await fetch(url, { headers: sent, signal: silence.signal })
    late.refresh()
    if (passing.includes(response.status)) {
      await response.body?.cancel()
      throw new Passing(`${hostOf(url)}: status ${response.status}`, {
        waitMs: retryAfterMs(response.headers),
      })
    }
    const drop = async (): Promise<void> => {
      done()
      await response.body?.cancel()
    }
    return { response, body: () => reading(response, { late, done, failed }), drop }
  } catch (cause) {
    throw failed(cause)
  }
}

interface Watch {
  readonly late: { refresh(): unknown }
  done(): void
  failed(cause: unknown): Error
}

async function* reading(response: Response, { late, done, failed }: Watch) {
  try {
    for await (const chunk of response.body ?? []) {
      late.refresh()
      yield chunk as Uint8Array
    }
  } catch (cause) {
    throw failed(cause)
  } finally {
    done()
  }
}

/** Why an attempt failed that may succeed another time, and how long the server wants to be left alone. */
export class Passing extends Error {
  readonly waitMs: number
  readonly nobody: boolean // is there, as it seems
  constructor(message: string, { waitMs = 0, nobody = false } = {}) {
    super(message)
    this.waitMs = waitMs
    this.nobody = nobody
  }
}

/** Does it, again where it fails for now; `progressed` says that the last attempt got further, which starts the count anew. */
export async function persistently<T>(
  { retries, backoffMs, signal }: Connection,
  act: (progressed: () => void) => Promise<T>,
): Promise<T> {
  let [failures, answered] = [0, false]
  for (;;) {
    try {
      return await act(() => {
        failures = 0
        answered = true
      })
    } catch (cause) {
      if (!(cause instanceof Passing)) throw cause
      // Without a network nobody waits: what is in the cache may do.
      const most = cause.nobody && !answered ? Math.min(1, retries) : retries
      if (++failures > most || cause.waitMs > longestWait) throw gaveUp(cause, failures)
      const backoff = Math.min(longestBackoff, backoffMs * 2 ** (failures - 1))
      await sleep(Math.max(backoff, cause.waitMs), undefined, signal && { signal })
    }
  }
}

function gaveUp({ message, waitMs }: Passing, attempts: number): Unreachable {
  const later = waitMs > longestWait ? `, and asks to wait ${Math.ceil(waitMs / 1000)} s` : ''
  return new Unreachable(`${message}${later} (attempt ${attempts})`)
}

/** A text without the token that a server may have echoed. */
export function withoutToken(text: string, token: string | null): string {
  return token === null ? text : text.replaceAll(token, '***')
}

/** The host alone: an address that a redirect led to carries a signature. */
export function hostOf(url: string): string {
  return new URL(url).host
}

function silent(url: string, ms: number): string {
  return `${hostOf(url)}: nothing came for ${ms / 1000} s`
}

/** What the system says of a connection, which fetch hides in the cause. */
function reasonOf(error: unknown): { readonly code: string; readonly text: string } {
  const { cause, message } = error as Error
  const { code } = (cause ?? {}) as { code?: unknown }
  const told = cause instanceof Error && cause.message !== '' ? cause.message : message
  const known = typeof code === 'string' ? code : ''
  return { code: known, text: told.includes(known) ? told : `${told} (${known})` }
}
