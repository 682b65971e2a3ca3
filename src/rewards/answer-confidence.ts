import { written } from '../groups/written.ts'
import type { Outcome, Parts, Scorer, Select } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { boxesOf } from '../text/boxes.ts'
import { tokensSpelling } from '../text/token-span.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Rollout } from '../types.ts'

/** How sure the policy was of its answers, recorded as the part `confidence`. */
export function answerConfidence(tokenizer: Tokenizer): Scorer<Parts<'confidence'>> {
  return async groups =>
    groups.map(({ rollouts }) => ({
      parts_G: { confidence: rollouts.map(rollout => confidenceOf(rollout, tokenizer)) },
    }))
}

/**
 * The mean probability, in [0, 1], of the tokens inside the last box of a rollout, under the policy that sampled it (CRew,
 * arXiv:2510.13501, eq. 2); null where there is no box, or the policy did not write it.
 */
export function confidenceOf(rollout: Rollout, tokenizer: Tokenizer): number | null {
  const pieces = tokenizer.pieces(rollout.ids)
  const box = boxesOf(pieces.join('')).at(-1)
  if (box === undefined) return null
  const inside = box.end - 1 - box.content.length
  const { start, end } = tokensSpelling(pieces, inside, inside + box.content.length)
  const written_T = written(rollout)
  const own = rollout.logprobs_T.filter((_, t) => t >= start && t < end && written_T[t] === 1)
  return own.length === 0 ? null : mean(own.map(Math.exp))
}

/**
 * Of each group its surest right rollout and its least sure wrong one, in the `share` of groups, rounded up, in which they are
 * furthest apart (arXiv:2510.13501, section 3.3); nothing of others, nor where one of the two is missing.
 */
export function widestPairs(share: number): Select<Outcome & Parts<'confidence'>> {
  if (!(share > 0 && share <= 1))
    throw new RangeError(`widestPairs: the share must lie in (0, 1], got ${share}`)
  return ({ rewards_P }) => {
    const pairs_P = rewards_P.map(({ outcome_G, parts_G: { confidence } }) => {
      const of = (right: boolean): number[] =>
        outcome_G.flatMap((outcome, g) =>
          outcome !== null && outcome > 0.5 === right && confidence[g] !== null ? [g] : [],
        )
      const ordered = (members: number[]): number[] =>
        members.sort((a, b) => confidence[b]! - confidence[a]!)
      const [chosen, rejected] = [ordered(of(true))[0], ordered(of(false)).at(-1)]
      if (chosen === undefined || rejected === undefined) return null
      return { chosen, rejected, gap: confidence[chosen]! - confidence[rejected]! }
    })
    const gaps = pairs_P.flatMap(pair => (pair === null ? [] : [pair.gap])).sort((a, b) => b - a)
    const least = gaps[Math.ceil(share * gaps.length) - 1] ?? Infinity
    return pairs_P.map(pair =>
      pair === null || pair.gap < least ? [] : [pair.chosen, pair.rejected].sort((a, b) => a - b),
    )
  }
}
