// A chat model behind an HTTP endpoint that speaks OpenAI's dialect. Servers fail in many ways; whatever fails for now is
// asked again, and what is never answered is said to be missing.

import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { VerifierError } from '../../errors.ts'
import { told } from '../../http/address.ts'
import { limiter } from '../../http/limiter.ts'
import { type Answered, post, type Server, serverOf } from '../../http/post.ts'

export interface ChatEndpoint {
  readonly url: string // up to the version, 'http://localhost:8000/v1', or with /chat/completions; as address.ts has it
  readonly model: string
  readonly apiKey?: string | null | undefined // default null: no authorization is sent
  readonly temperature?: number | undefined // left to the server by default
  readonly maxTokens?: number | undefined // of an answer; likewise
  readonly timeoutMs?: number | undefined // of one request, its answer read; default 120,000
  readonly retries?: number | undefined // after the first attempt; default 4
  readonly backoffMs?: number | undefined // before the first retry, then doubled up to 30,000; default 500
  readonly concurrency?: number | undefined // requests under way at once; default 8
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** What an answer was read as; null with the reason where there was none after every attempt. */
export type ChatAnswer<T> =
  | { readonly value: T; readonly missing: null }
  | { readonly value: null; readonly missing: string }

/** What has been asked so far. */
export interface ChatSpending {
  readonly requests: number
  readonly retries: number // of these
  readonly promptTokens: number // as far as the server counts them
  readonly completionTokens: number
  readonly missing: Readonly<Record<string, number>> // answers that never came, by reason
}

export interface ChatClient {
  /**
   * Asks until `read` makes something of the answer; null from it is garbage, and asked again. Throws VerifierError where
   * asking again cannot help: the endpoint refuses the key or knows no such model, or was never reached.
   */
  ask<T>(
    messages: readonly ChatMessage[],
    read: (text: string) => T | null,
    asked?: { readonly seed?: number; readonly signal?: AbortSignal },
  ): Promise<ChatAnswer<T>>
  spent(): ChatSpending
}

const longestBackoff = 30_000 // ms
const hopeless = [401, 403, 404, 405]
const passing = [408, 409, 425, 429]

const answerSchema = z.looseObject({
  choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string() }) })).min(1),
  usage: z.looseObject({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
})

/** One attempt: text, or why there is none and whether and when it makes sense to try again. */
type Attempt =
  | { readonly text: string }
  | { readonly failed: string; readonly again: boolean; readonly afterMs?: number }

/** A client of one endpoint. Throws ConfigError where its address or its key cannot be one. */
export function chatClient(endpoint: ChatEndpoint): ChatClient {
  const { retries = 4, backoffMs = 500, concurrency = 8 } = endpoint
  const server = serverOf(endpoint.url, '/chat/completions', endpoint.apiKey)
  const turn = limiter(concurrency)
  const spent = { requests: 0, retries: 0, promptTokens: 0, completionTokens: 0 }
  const missing: Record<string, number> = {}
  let reached = false
  const attempt = async (body: string, signal?: AbortSignal): Promise<Attempt> => {
    spent.requests++
    try {
      const response = await post(server, body, endpoint.timeoutMs, signal)
      reached = true
      if (response.status !== 200) return refused(server, response)
      const { text, usage } = textOf(response.text)
      spent.promptTokens += usage?.prompt_tokens ?? 0
      spent.completionTokens += usage?.completion_tokens ?? 0
      return text === null ? { failed: 'not an answer', again: true } : { text }
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof VerifierError) throw error
      const failed =
        (error as Error).name === 'TimeoutError' ? 'no answer in time' : 'no connection'
      return { failed, again: true }
    }
  }
  return {
    ask: async (messages, read, { seed, signal } = {}) => {
      const body = bodyOf(endpoint, messages, seed)
      let reason = ''
      for (let tried = 0; tried <= retries; tried++) {
        if (tried > 0) spent.retries++
        const found = await turn(() => attempt(body, signal), signal)
        const value = 'text' in found ? read(found.text) : null
        if (value !== null) return { value, missing: null }
        reason = 'text' in found ? 'garbage' : found.failed
        if ('again' in found && !found.again) break
        const wait = Math.min(longestBackoff, backoffMs * 2 ** tried)
        const asked = 'afterMs' in found ? (found.afterMs ?? 0) : 0
        if (tried < retries) await sleep(Math.max(wait, asked), undefined, signal && { signal })
      }
      if (!reached)
        throw new VerifierError(`${server.shown}: cannot be reached (${reason}); is it running?`)
      missing[reason] = (missing[reason] ?? 0) + 1
      return { value: null, missing: reason }
    },
    spent: () => ({ ...spent, missing: { ...missing } }),
  }
}

function bodyOf(
  { model, temperature, maxTokens }: ChatEndpoint,
  messages: readonly ChatMessage[],
  seed: number | undefined,
): string {
  return JSON.stringify({
    model,
    messages,
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(seed !== undefined && { seed }),
  })
}

function refused(
  { shown, secrets }: Server,
  { status, text, retryAfter, location }: Answered,
): Attempt {
  if (location !== null && status >= 300 && status < 400)
    throw new VerifierError(
      `${shown}: ${status}: it is elsewhere, at ${told(location, secrets)}; give that address`,
    )
  if (hopeless.includes(status))
    throw new VerifierError(
      `${shown}: ${status}: ${told(text, secrets)}; check the address, the model's name and the key`,
    )
  const again = status >= 500 || passing.includes(status)
  const seconds = Number(retryAfter ?? Number.NaN)
  const afterMs = Number.isFinite(seconds) ? Math.min(longestBackoff, 1000 * seconds) : 0
  return { failed: `status ${status}`, again, afterMs }
}

function textOf(body: string) {
  try {
    const { choices, usage } = answerSchema.parse(JSON.parse(body))
    return { text: choices[0]!.message.content, usage }
  } catch {
    return { text: null, usage: null }
  }
}
