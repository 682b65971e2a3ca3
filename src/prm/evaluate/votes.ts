// One answer out of several candidates: by their scores, by their number, or by both. A rule says how likely it is to
// choose a right one; among equals it draws, so that a tie is worth the share of right ones.

import { mean } from '../../numeric.ts'

/** The candidates of one problem. */
export interface Choice {
  readonly class_N: readonly (number | null)[] // equal answers have equal numbers; null where there is no answer
  readonly right_N: readonly boolean[]
  readonly score_N: readonly (number | null)[] // null where none was had
}

/** The chance in [0, 1] that the answer chosen is right; 0 where there is nothing to choose from. */
export type VoteRule = (choice: Choice) => number

/** The candidate with the highest score. */
export const best: VoteRule = ({ right_N, score_N }) => {
  const known = score_N.filter(score => score !== null)
  const highest = Math.max(...known)
  return chance(right_N.filter((_, n) => score_N[n] === highest))
}

/** The answer that most candidates give; scores do not count. */
export const majority: VoteRule = choice =>
  voted(
    choice,
    choice.class_N.map(() => 1),
  )

/**
 * The answer whose candidates have the highest sum of scores. Where a problem has a score below 0, its lowest one is taken
 * from each, since a vote cannot count against an answer.
 */
export const weighted: VoteRule = choice => {
  const lowest = Math.min(0, ...choice.score_N.filter(score => score !== null))
  return voted(
    choice,
    choice.score_N.map(score => (score === null ? null : score - lowest)),
  )
}

/** The answer that most of the better half give: those that score no less than half of the candidates, rounded up. */
export const hybrid: VoteRule = choice => {
  const known = choice.score_N.filter(score => score !== null).sort((a, b) => b - a)
  const least = known[Math.ceil(known.length / 2) - 1] ?? Infinity
  return voted(
    choice,
    choice.score_N.map(score => (score === null || score < least ? null : 1)),
  )
}

export const voteRules = { best, weighted, hybrid, majority } as const
export type VoteName = keyof typeof voteRules

/** Votes of these weights; null has none. An answer is as right as the candidates that give it. */
function voted({ class_N, right_N }: Choice, weight_N: readonly (number | null)[]): number {
  const votes = new Map<number, { weight: number; right: boolean[] }>()
  class_N.forEach((one, n) => {
    const weight = weight_N[n]!
    if (one === null || weight === null) return
    const there = votes.get(one) ?? { weight: 0, right: [] }
    votes.set(one, { weight: there.weight + weight, right: [...there.right, right_N[n]!] })
  })
  const most = Math.max(...[...votes.values()].map(({ weight }) => weight))
  // sums of the same scores in another order may differ by rounding
  const winners = [...votes.values()].filter(({ weight }) => weight >= most - 1e-9 * Math.abs(most))
  return winners.length === 0 ? 0 : mean(winners.map(({ right }) => chance(right)))
}

function chance(right: readonly boolean[]): number {
  return right.length === 0 ? 0 : mean(right.map(Number))
}
