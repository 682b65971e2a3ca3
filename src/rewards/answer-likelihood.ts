import type { ModelInfo, Scoring } from '../engine/engine.ts'
import { DataError } from '../errors.ts'
import type { Parts, Scorer } from '../method.ts'
import { concat, mean } from '../numbers/numeric.ts'
import { boxesOf } from '../text/boxes.ts'
import { tokensSpelling } from '../text/token-span.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Rollout } from '../types.ts'
import { type Continued, logprobsAfter } from './after.ts'

export interface LikelihoodOptions {
  readonly policy: Scoring
  readonly tokenizer: Pick<Tokenizer, 'encode' | 'pieces'>
  readonly engine: { readonly info: Pick<ModelInfo, 'maxPositions'> }
  readonly format: number // share of the reward that is for a box that closes
}

/**
 * What reasoning does for the known answer (RLPR, arXiv:2506.18254, section 3): `likelihood`, the mean probability of the answer's
 * tokens in the place of the last box, less that without any reasoning, kept in [0, 1], and `earned`, (1 - format) * likelihood +
 * format. Both are 0 without a box; null where no answer is known, the vocabulary cannot spell it, or it does not fit.
 */
export function answerLikelihood(
  options: LikelihoodOptions,
): Scorer<Parts<'likelihood' | 'earned'>> {
  const { policy, tokenizer, format } = options
  return async (groups, signal) => {
    const asked: Continued[] = []
    const ask = (one: Continued): number => asked.push(one) - 1
    const places_P = groups.map(({ problem: { answer }, rollouts }) => {
      if (answer === null) return rollouts.map(() => null)
      const plain = { before: rollouts[0]!.promptIds, text: `\\boxed{${answer}}` }
      if (!readable(plain, options)) return rollouts.map(() => null)
      const without = ask(plain)
      return rollouts.map(rollout => {
        const thought = answered(rollout, answer, tokenizer)
        if (thought === 'no box') return thought
        return readable(thought, options) ? { after: ask(thought), without } : null
      })
    })
    const logprobs = await logprobsAfter(policy, tokenizer, asked, signal)
    const means = asked.map(({ text }, i) => answerMean(logprobs[i]!, text, tokenizer))
    return places_P.map(places_G => {
      const likelihood = places_G.map(place => {
        if (place === null || place === 'no box') return place && 0
        return Math.min(Math.max(means[place.after]! - means[place.without]!, 0), 1)
      })
      const earned = likelihood.map((gain, g) => {
        if (gain === null || places_G[g] === 'no box') return gain
        return (1 - format) * gain + format
      })
      return { parts_G: { likelihood, earned } }
    })
  }
}

/** A rollout whose last box holds the known answer, from the token in which the box begins. */
function answered(
  { promptIds, ids, text }: Rollout,
  answer: string,
  { pieces }: Pick<Tokenizer, 'pieces'>,
): Continued | 'no box' {
  const box = boxesOf(text).at(-1)
  if (box === undefined) return 'no box'
  const pieces_T = pieces(ids)
  const { start } = tokensSpelling(pieces_T, box.start, box.end)
  const { length } = pieces_T.slice(0, start).join('')
  return {
    before: concat(promptIds, ids.subarray(0, start)),
    text: `${text.slice(length, box.start)}\\boxed{${answer}}`,
  }
}

function readable({ before, text }: Continued, options: LikelihoodOptions): boolean {
  try {
    return before.length + options.tokenizer.encode(text).length <= options.engine.info.maxPositions
  } catch (error) {
    if (error instanceof DataError) return false
    throw error
  }
}

/** The mean probability of the tokens that hold some of what stands in the box at the end of a text. */
export function answerMean(
  logprobs_T: Float32Array,
  text: string,
  { encode, pieces }: Pick<Tokenizer, 'encode' | 'pieces'>,
): number {
  const [from, to] = [text.lastIndexOf('\\boxed{') + '\\boxed{'.length, text.length - 1]
  const { start, end } = tokensSpelling(pieces(encode(text)), from, to)
  return mean(logprobs_T.slice(start, end).map(Math.exp))
}
