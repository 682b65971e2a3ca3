import type { Scoring } from '../engine/engine.ts'
import { concat } from '../numbers/numeric.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'

/** A text, and the tokens that it is to be read after. */
export interface Continued {
  readonly before: Int32Array // at least one
  readonly text: string
}

/**
 * How likely a model finds texts after what stands before them: log-probabilities of each text's tokens, in nats, such as
 * those of the known answer after a rollout's reasoning (arXiv:2506.18254). An empty text has none.
 */
export async function logprobsAfter(
  model: Scoring,
  { encode }: Pick<Tokenizer, 'encode'>,
  asked: readonly Continued[],
  signal?: AbortSignal,
): Promise<readonly Float32Array[]> {
  const none = asked.findIndex(({ before }) => before.length === 0)
  if (none >= 0) throw new RangeError(`logprobsAfter: text ${none} stands after no token`)
  const sequences = asked.map(({ before, text }) => concat(before, encode(text)))
  const scores = await model.score(sequences, signal)
  return scores.map(({ logprobs }, i) => logprobs.subarray(asked[i]!.before.length - 1))
}
