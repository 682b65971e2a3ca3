// One POST to a server: with its secrets, a bound on its time and on what it answers, and no redirect followed.

import { within } from '../../deadline.ts'
import { ConfigError } from '../../errors.ts'
import { type Address, addressOf } from './address.ts'

const largestAnswer = 4 * 2 ** 20 // bytes

/** Where requests go, and with what. */
export interface Server extends Pick<Address, 'url' | 'shown' | 'secrets'> {
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The server of an address, which a path is added to where it does not end with it. Throws ConfigError where address or key
 * cannot be one; the key goes along as a bearer token.
 */
export function serverOf(text: string, path: string, apiKey: string | null = null): Server {
  const { url: whole, shown, authorization, secrets } = addressOf(text)
  const url = new URL(whole)
  const given = url.pathname.replace(/\/+$/, '')
  url.pathname = given.endsWith(path) ? given : given + path
  if (apiKey !== null && !/^[\x21-\x7e]+$/.test(apiKey))
    throw new ConfigError(`${shown}: the key holds a character that no request can carry`)
  const proof = apiKey === null ? authorization : `Bearer ${apiKey}`
  return {
    url: url.href,
    shown,
    secrets: [...secrets, ...(apiKey === null ? [] : [apiKey])],
    headers: { 'content-type': 'application/json', ...(proof && { authorization: proof }) },
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
export function post(
  { url, headers }: Server,
  body: string,
  timeoutMs = 120_000,
  outer?: AbortSignal,
): Promise<Answered> {
  return within(timeoutMs, outer, async signal => {
    // followed, a redirect would become a GET, and what that brings would count as an answer
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' })
    const { status, headers: got } = response
    const text = await limitedText(response)
    return { status, text, retryAfter: got.get('retry-after'), location: got.get('location') }
  })
}

/** The text of a response, cut where it is larger than an answer can be. */
async function limitedText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let [text, size] = ['', 0]
  for await (const chunk of body ?? []) {
    size += chunk.length
    text += decoder.decode(chunk, { stream: true })
    if (size > largestAnswer) break
  }
  return text + decoder.decode()
}
