// Completions by a language model that a server holds.

import { EngineError } from '../../errors.ts'
import { linked } from '../../http/deadline.ts'
import type { Tokenizer } from '../../tokenizer/tokenizer.ts'
import type { Completion, SampleOptions, SampleRequest } from '../engine.ts'
import type { Connection } from './connection.ts'

/** What reads answers. */
export interface Reader {
  readonly tokenizer: Tokenizer
  readonly vocabSize: number // of the model
  /** Told that a server gives texts without their tokens, which are then made anew. */
  readonly textAlone: () => void
}

/**
 * Samples completions of prompts, side by side. The server's tokens are kept; where it gives text alone, the tokenizer
 * makes them anew. `logprobs_T` are the server's, NaN where it gives none; `sampledLogprobs_T` are NaN where a temperature or
 * a filter shaped what was drawn from.
 */
export function sampled(
  connection: Connection,
  reader: Reader,
  requests: readonly SampleRequest[],
  options: SampleOptions,
): Promise<readonly (readonly Completion[])[]> {
  return linked(options.signal, async ({ signal, abort }) => {
    try {
      const read = { ...options, signal }
      return await Promise.all(
        requests.map(request => completionsOf(connection, reader, request, read)),
      )
    } finally {
      abort() // what is under way ends when one of them cannot go on
    }
  })
}

function completionsOf(
  connection: Connection,
  reader: Reader,
  { ids, n, seed, ...request }: SampleRequest,
  asked: SampleOptions,
): Promise<Completion[]> {
  const options = { ...asked, ...request }
  const { temperature = 1, topK = 0, topP = 1, minTokens = 0, greedy = false } = options
  const { stopIds, stopStrings = [] } = options
  if (options.precision === 'int8')
    throw new EngineError('sample: precision int8; a server samples as it does')
  const body = {
    prompt: [...ids],
    n,
    // sample i draws by seed + i, which must fit in 31 bits
    seed: seed % (2 ** 31 - n),
    max_tokens: options.maxTokens,
    temperature: greedy ? 0 : temperature,
    // what is not said, a server takes from the model's generation_config.json
    ...{ top_p: greedy ? 1 : topP, top_k: !greedy && topK > 0 ? topK : -1, min_p: 0 },
    ...{ repetition_penalty: 1, presence_penalty: 0, frequency_penalty: 0 },
    ...(minTokens > 0 && { min_tokens: minTokens }),
    stop_token_ids: stopIds,
    ...(stopStrings.length > 0 && { stop: stopStrings, include_stop_str_in_output: true }),
    logprobs: 0,
    return_token_ids: true,
    skip_special_tokens: false,
  }
  const read = (json: unknown): Completion[] | null => {
    const choices = (json as { choices?: unknown }).choices
    if (!Array.isArray(choices) || choices.length !== n) return null
    return choices
      .toSorted((a, b) => a.index - b.index)
      .map(choice => completionOf(choice, connection, reader, options))
  }
  return connection.ask({ path: 'v1/completions', body, read, signal: options.signal })
}

interface Choice {
  readonly text?: unknown
  readonly token_ids?: unknown
  readonly finish_reason?: unknown
  readonly stop_reason?: unknown
  readonly logprobs?: { readonly token_logprobs?: unknown } | null
}

function completionOf(
  { text, token_ids, finish_reason, stop_reason, logprobs: told }: Choice,
  { shown, model }: Connection,
  { tokenizer, vocabSize, textAlone }: Reader,
  { stopIds, maxTokens, ...options }: SampleOptions,
): Completion {
  const wrong = (what: string): EngineError => new EngineError(`${shown}: ${model}: ${what}`)
  if (finish_reason !== 'stop' && finish_reason !== 'length')
    throw wrong(`a completion ended by ${JSON.stringify(finish_reason)}; expected stop or length`)
  const stop = finish_reason
  const written = idsOf(token_ids, vocabSize)
  if (written === null && typeof text !== 'string') throw wrong('a completion without text')
  if (written === null) textAlone()
  const ids = [...(written ?? tokenizer.encode(text as string))]
  const given = Array.isArray(told?.token_logprobs) ? told.token_logprobs : null
  if (written !== null && given !== null && given.length !== ids.length)
    throw wrong(`${given.length} log-probabilities for ${ids.length} tokens`)
  const stopString = stop === 'stop' && typeof stop_reason === 'string' ? stop_reason : null
  if (stop === 'stop' && stopString === null && !stopIds.includes(ids.at(-1) ?? -1))
    ids.push(typeof stop_reason === 'number' ? stop_reason : (stopIds[0] ?? tokenizer.eosId))
  if (written !== null && written.length > maxTokens)
    throw wrong(`${written.length} tokens where ${maxTokens} were asked for`)
  const known = written === null || given === null ? [] : given
  const logprobs_T = Float32Array.from(ids, (_, t) => numberOf(known[t]))
  const { temperature = 1, topK = 0, topP = 1, minTokens = 0, greedy = false } = options
  const plain = temperature === 1 && topK === 0 && topP === 1 && minTokens === 0
  return {
    ids: Int32Array.from(ids),
    logprobs_T,
    sampledLogprobs_T: greedy
      ? new Float32Array(ids.length)
      : plain
        ? logprobs_T.slice()
        : new Float32Array(ids.length).fill(Number.NaN),
    stop,
    stopString,
    version: 0,
  }
}

/** Tokens as the server gives them, of this vocabulary; null where it gives none. */
function idsOf(given: unknown, vocabSize: number): readonly number[] | null {
  if (!Array.isArray(given)) return null
  const strange = given.find(id => !(Number.isInteger(id) && id >= 0 && id < vocabSize))
  if (strange === undefined) return given
  throw new EngineError(
    `a server sampled token ${JSON.stringify(strange)}; the vocabulary here has ${vocabSize}`,
  )
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}
