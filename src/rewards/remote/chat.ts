// A chat model behind an HTTP endpoint that speaks OpenAI's dialect. Servers fail in many ways; whatever fails for now is
// asked again, and what is never answered is said to be missing.

import { z } from 'zod'
import { VerifierError } from '../../errors.ts'
import { asker, type Patience, type Requests } from '../../http/ask.ts'
import { serverOf } from '../../http/post.ts'

export interface ChatEndpoint extends Patience {
  readonly url: string // up to the version, 'http://localhost:8000/v1', or with /chat/completions; as address.ts has it
  readonly model: string
  readonly apiKey?: string | null | undefined // default null: no authorization is sent
  readonly temperature?: number | undefined // left to the server by default
  readonly maxTokens?: number | undefined // of an answer; likewise
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
export interface ChatSpending extends Requests {
  readonly promptTokens: number // as far as the server counts them
  readonly completionTokens: number
  readonly missing: Readonly<Record<string, number>> // answers that never came, by reason
}

/**
 * Asks a chat model until `read` makes something of an answer; null from it is garbage, and asked again. Null where nothing
 * came of every attempt: the answer is missing. Throws VerifierError where asking again cannot help.
 */
export type Ask = <T>(
  messages: readonly ChatMessage[],
  read: (text: string) => T | null,
  asked?: { readonly seed?: number; readonly signal?: AbortSignal },
) => Promise<T | null>

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

const counted = z.int().min(0).catch(0)
const nothing = { prompt_tokens: 0, completion_tokens: 0 }
const answerSchema = z.looseObject({
  choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string() }) })).min(1),
  // what a server counts is told, and never a reason not to take its answer
  usage: z.looseObject({ prompt_tokens: counted, completion_tokens: counted }).catch(nothing),
})

/** A client of one endpoint. Throws ConfigError where its address or its key cannot be one. */
export function chatClient(endpoint: ChatEndpoint): ChatClient {
  const server = serverOf(endpoint.url, '/chat/completions', endpoint.apiKey)
  const asking = asker(server, endpoint, { fail: what => new VerifierError(what) })
  const spent = { promptTokens: 0, completionTokens: 0 }
  const missing: Record<string, number> = {}
  return {
    ask: async (messages, read, { seed, signal } = {}) => {
      const question = { body: bodyOf(endpoint, messages, seed), signal }
      const found = await asking.ask(question, body => {
        const { text, usage } = textOf(body)
        spent.promptTokens += usage.prompt_tokens
        spent.completionTokens += usage.completion_tokens
        if (text === null) return { failed: 'not an answer' }
        const value = read(text)
        return value === null ? { failed: 'garbage' } : { value }
      })
      if (found.missing === null) return found
      missing[found.missing] = (missing[found.missing] ?? 0) + 1
      return { value: null, missing: found.missing }
    },
    spent: () => ({ ...asking.requests(), ...spent, missing: { ...missing } }),
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

function textOf(body: string) {
  try {
    const { choices, usage } = answerSchema.parse(JSON.parse(body))
    return { text: choices[0]!.message.content, usage }
  } catch {
    return { text: null, usage: nothing }
  }
}
