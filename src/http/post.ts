// One request to a server: with its secrets, a bound on its time and on what it answers, and no redirect followed.

import { ConfigError } from '../errors.ts'
import { type Address, addressOf } from './address.ts'
import { within } from './deadline.ts'

const largestAnswer = 4 * 2 ** 20 // bytes

/** Where requests go, and with what. */
export interface Server extends Pick<Address, 'url' | 'shown' | 'secrets'> {
  readonly headers: Readonly<Record<string, string>>
}

/** How a key is shown to a server: as a bearer token, or in a header of its own. */
export type KeyHeader = 'authorization' | 'x-api-key'

/**
 * The server of an address, which a path is added to where it does not end with it. Throws ConfigError where address or key
 * cannot be one.
 */
export function serverOf(
  text: string,
  path: string,
  apiKey: string | null = null,
  header: KeyHeader = 'authorization',
): Server {
  const { url: whole, shown, authorization, secrets } = addressOf(text)
  const url = new URL(whole)
  const given = url.pathname.replace(/\/+$/, '')
  url.pathname = given.endsWith(path) ? given : given + path
  if (apiKey !== null && !/^[\x21-\x7e]+$/.test(apiKey))
    throw new ConfigError(`${shown}: the key holds a character that no request can carry`)
  const proof = header === 'authorization' ? `Bearer ${apiKey}` : `${apiKey}`
  return {
    url: url.href,
    shown,
    secrets: [...secrets, ...(apiKey === null ? [] : [apiKey])],
    headers: {
      'content-type': 'application/json',
      ...(authorization && { authorization }),
      ...(apiKey !== null && { [header]: proof }),
    },
  }
}

/** What came back, its text cut where it is larger than an answer can be. */
export interface Answered {
  readonly status: number
  readonly text: string
  readonly retryAfter: string | null
  readonly location: string | null
}

/** Sends a body in one attempt; a TimeoutError where its answer has not been read in time. */
export async function post(
  server: Server,
  body: string,
  timeoutMs = 120_000,
  signal?: AbortSignal,
): Promise<Answered> {
  const { headers, bytes, ...rest } = await send(server, { body, timeoutMs, signal })
  const [retryAfter, location] = [headers.get('retry-after'), headers.get('location')]
  return { ...rest, text: new TextDecoder().decode(bytes), retryAfter, location }
}

/** What is sent, and how long and how much is waited for. */
export interface Sending {
  readonly path?: string // added to the server's; default nothing
  readonly body?: string | Uint8Array<ArrayBuffer> | null // default null: a GET
  readonly method?: 'DELETE' | undefined
  readonly headers?: Readonly<Record<string, string>> // beside the server's, which they replace
  readonly timeoutMs: number // until the answer has been read
  readonly largest?: number // bytes of an answer, which is cut there; default 4 MiB
  readonly signal?: AbortSignal | undefined
}

/** An answer as it came. */
export interface Received {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
}

/** Sends one request in one attempt; a TimeoutError where its answer has not been read in time. */
export function send({ url, headers }: Server, sending: Sending): Promise<Received> {
  const { path = '', body = null, headers: more, timeoutMs, largest = largestAnswer } = sending
  return within(timeoutMs, sending.signal, async signal => {
    const method = sending.method ?? (body === null ? 'GET' : 'POST')
    // followed, a redirect would take the secrets elsewhere, and a POST would become a GET
    const options = { method, body, signal, redirect: 'manual' } as const
    const response = await fetch(pathAdded(url, path), {
      ...options,
      headers: { ...headers, ...more },
    })
    const bytes = await limitedBytes(response, largest)
    return { status: response.status, headers: response.headers, bytes }
  })
}

function pathAdded(url: string, path: string): string {
  if (path === '') return url
  const whole = new URL(url)
  const [pathname, query] = path.split('?') as [string, string?]
  whole.pathname = `${whole.pathname.replace(/\/+$/, '')}/${pathname}`
  if (query !== undefined) whole.search += `${whole.search === '' ? '?' : '&'}${query}`
  return whole.href
}

/** The bytes of a response, cut where there are more than an answer can have. */
async function limitedBytes({ body }: Response, largest: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    chunks.push(chunk)
    if (size > largest) break
  }
  return Buffer.concat(chunks)
}
