import type { Scoring } from '../engine/engine.ts'
import { written } from '../groups/written.ts'
import type { Parts, Scorer } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { tokensSpelling } from '../text/token-span.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { scoresOf } from './divergence.ts'

export interface PhaseOptions {
  readonly thinkEnd?: string // the text that ends thinking, in neither phase; default </think>
  readonly answerWeight?: number // alpha; default 1
  readonly most?: number // of the penalty; default Infinity
}

/**
 * Minus how much surer the policy is when it answers than when it thinks: -max(0, mean entropy while it thinks - alpha * mean
 * entropy afterwards), in nats (PEAR, arXiv:2510.08026, eq. 4). All of a text in which thinking does not end is thinking. null where
 * the engine gives no entropies.
 */
export function phaseEntropy(
  { policy, tokenizer }: { readonly policy: Scoring; readonly tokenizer: Tokenizer },
  { thinkEnd = '</think>', ...options }: PhaseOptions = {},
): Scorer<Parts<'phases'>> {
  return async (groups, signal) => {
    const rollouts = groups.flatMap(group => group.rollouts)
    const next = (await scoresOf(policy, rollouts, {}, signal)).values()
    return groups.map(group => ({
      parts_G: {
        phases: group.rollouts.map(rollout => {
          const { entropies } = next.next().value!
          if (entropies === null) return null
          const pieces = tokenizer.pieces(rollout.ids)
          const at = pieces.join('').indexOf(thinkEnd)
          const mark = at < 0 ? null : tokensSpelling(pieces, at, at + thinkEnd.length)
          const own = (start: number, end?: number): Float32Array =>
            entropies.slice(start, end).filter((_, t) => written(rollout)[start + t] === 1)
          const [thinking, answering] = mark
            ? [own(0, mark.start), own(mark.end)]
            : [own(0), new Float32Array(0)]
          return 0 - phasePenalty(thinking, answering, options)
        }),
      },
    }))
  }
}

/** max(0, mean of the entropies while thinking - alpha * mean of those while answering), at most `most`; the mean of none is 0. */
export function phasePenalty(
  thinking_T: Float32Array,
  answering_T: Float32Array,
  { answerWeight = 1, most = Infinity }: PhaseOptions = {},
): number {
  const level = (entropies_T: Float32Array): number =>
    entropies_T.length === 0 ? 0 : mean(entropies_T)
  return Math.min(most, Math.max(0, level(thinking_T) - answerWeight * level(answering_T)))
}
