// Log-probabilities of given tokens by a language model that a server holds: those of the prompt of a completion.

import { EngineError } from '../../errors.ts'
import { linked } from '../../http/deadline.ts'
import type { TokenScores } from '../engine.ts'
import type { Connection } from './connection.ts'

/** Asks for the log-probability of every token after the first, of sequences side by side. */
export function scored(
  connection: Connection,
  sequences: readonly Int32Array[],
  outer?: AbortSignal,
): Promise<readonly TokenScores[]> {
  return linked(outer, async ({ signal, abort }) => {
    try {
      return await Promise.all(sequences.map(ids => logprobsOf(connection, ids, signal)))
    } finally {
      abort() // what is under way ends when one of them cannot go on
    }
  })
}

async function logprobsOf(
  connection: Connection,
  ids: Int32Array,
  signal: AbortSignal,
): Promise<TokenScores> {
  if (ids.length < 2) return { logprobs: new Float32Array(0), entropies: null }
  const logprobs = await connection.ask({
    path: 'v1/completions',
    // a completion has a token at least; 0 others beside the prompt's own are asked for
    body: { prompt: [...ids], max_tokens: 1, temperature: 0, prompt_logprobs: 0 },
    read: json => {
      const [choice] = ((json as { choices?: unknown }).choices ?? []) as {
        prompt_logprobs?: unknown
      }[]
      return choice === undefined ? null : promptLogprobs(choice.prompt_logprobs, ids, connection)
    },
    signal,
  })
  return { logprobs, entropies: null }
}

type Entry = Readonly<Record<string, { readonly logprob?: unknown } | undefined>>

/** One number a token after the first, whose entry is null; each stands under the token's own id. */
function promptLogprobs(
  entries: unknown,
  ids: Int32Array,
  { shown, model }: Connection,
): Float32Array {
  const wrong = (what: string): EngineError =>
    new EngineError(`${shown}: ${model}: log-probabilities of a prompt: ${what}`)
  if (!Array.isArray(entries))
    throw wrong('none came; expected a server that gives prompt_logprobs, as vLLM does')
  if (entries.length !== ids.length || entries[0] !== null)
    throw wrong(
      `${entries.length} entries for ${ids.length} tokens, the first ${entries[0] === null ? 'null' : 'not null'}; ` +
        'expected as many, the first null',
    )
  return Float32Array.from({ length: ids.length - 1 }, (_, i) => {
    const id = ids[i + 1]!
    const { logprob } = (entries[i + 1] as Entry | null)?.[id] ?? {}
    if (typeof logprob === 'number' && logprob <= 1e-3) return Math.min(0, logprob)
    const found = (JSON.stringify(entries[i + 1]) ?? 'nothing').slice(0, 80)
    throw wrong(`entry ${i + 1} is ${found}; expected one number of token ${id}, at most 0`)
  })
}
