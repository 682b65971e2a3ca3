// How likely a few tokens are after a text, by a language model that a server holds. One request a text, of which the
// server keeps the beginning that it read before: scores of a prompt are computed anew each time.

import { EngineError } from '../../errors.ts'
import { linked } from '../../http/deadline.ts'
import type { Connection } from './connection.ts'

/** Log-probabilities of some tokens after each sequence, in their order. */
export type Next = (
  sequences: readonly Int32Array[],
  tokens: readonly number[],
  signal?: AbortSignal,
) => Promise<readonly Float32Array[]>

/** Asks by `logprob_token_ids`; null where a trial with three tokens shows that the server does not know it. */
export async function nextTokens(
  connection: Connection,
  trial: readonly [number, number, number],
  signal?: AbortSignal,
): Promise<Next | null> {
  const tried = await oneOf(connection, Int32Array.of(trial[0]), trial, signal).catch(error => {
    if (error instanceof EngineError) return null // refused: other servers have no such field
    throw error
  })
  if (tried === null) return null
  return (sequences, tokens, outer) =>
    linked(outer, async ({ signal, abort }) => {
      try {
        return await Promise.all(
          sequences.map(async ids => {
            const found = await oneOf(connection, ids, tokens, signal)
            if (found !== null) return found
            const { shown, model } = connection
            throw new EngineError(`${shown}: ${model} left out a token that was asked for`)
          }),
        )
      } finally {
        abort() // what is under way ends when one of them cannot go on
      }
    })
}

/** Null where the answer lacks one of the tokens. */
async function oneOf(
  connection: Connection,
  ids: Int32Array,
  tokens: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Float32Array | null> {
  return connection
    .ask({
      path: 'v1/completions',
      body: {
        ...{ prompt: [...ids], max_tokens: 1, temperature: 0 },
        ...{ logprobs: 1, logprob_token_ids: tokens, return_tokens_as_token_ids: true },
      },
      read: json => {
        const [choice] = ((json as { choices?: unknown }).choices ?? []) as Choice[]
        if (choice === undefined) return null
        const there = choice.logprobs?.top_logprobs?.[0] ?? {}
        const found = tokens.map(id => there[`token_id:${id}`])
        const numbers = found.every(value => typeof value === 'number' && value <= 1e-3)
        return { logprobs: numbers ? Float32Array.from(found as number[]) : null }
      },
      signal,
    })
    .then(({ logprobs }) => logprobs)
}

interface Choice {
  readonly logprobs?: { readonly top_logprobs?: readonly Readonly<Record<string, unknown>>[] }
}
