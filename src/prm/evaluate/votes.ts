// One answer out of several candidates: by their scores, by their number, or by both. A rule says how likely it is to
// choose a right one; among equals it draws, so that a tie is worth the share of right ones.

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
  let highest = -Infinity
  for (const score of score_N) if (score !== null && score > highest) highest = score
  let [tied, right] = [0, 0]
  for (let n = 0; n < score_N.length; n++) {
    if (score_N[n] === null || score_N[n]! < highest) continue
    tied++
    right += Number(right_N[n])
  }
  return tied === 0 ? 0 : right / tied
}

/** One of the four candidates with the highest scores: the share of them that is right (Reward@K-4 of B-STaR, arXiv:2412.17256, section 2). */
export const amongFour: VoteRule = ({ right_N, score_N }) => {
  const known = score_N.flatMap((score, n) => (score === null ? [] : [{ score, n }]))
  const least = known.map(({ score }) => score).sort((a, b) => b - a)[3] ?? -Infinity
  const above = known.filter(({ score }) => score > least)
  const tied = known.filter(({ score }) => score === least)
  const left = Math.min(4, known.length) - above.length // places for those that tie
  const rightOf = (some: typeof known): number => some.filter(({ n }) => right_N[n]).length
  const drawn = tied.length === 0 ? 0 : (left * rightOf(tied)) / tied.length
  return known.length === 0 ? 0 : (rightOf(above) + drawn) / (above.length + Math.max(left, 0))
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

/**
 * The answer with the highest half of its votes' share and half of its sum of scores, as `weighted` has it, put to [0, 1] over the
 * answers (WRFV, arXiv:2508.01773); a share of 1 or 0 for the scores is `weighted` or `majority`.
 */
export function blend(share: number): VoteRule {
  return choice => {
    const lowest = Math.min(0, ...choice.score_N.filter(score => score !== null))
    const votes = new Map<number, { count: number; sum: number }>()
    for (const [n, one] of choice.class_N.entries()) {
      if (one === null) continue
      const { count, sum } = votes.get(one) ?? { count: 0, sum: 0 }
      votes.set(one, { count: count + 1, sum: sum + ((choice.score_N[n] ?? lowest) - lowest) })
    }
    const sums = [...votes.values()].map(({ sum }) => sum)
    const total = [...votes.values()].reduce((all, { count }) => all + count, 0)
    const [least, most] = [Math.min(...sums), Math.max(...sums)]
    const worth = ({ count, sum }: { count: number; sum: number }): number =>
      share * (most > least ? (sum - least) / (most - least) : 1) + ((1 - share) * count) / total
    return voted(
      choice,
      choice.class_N.map(one => {
        if (one === null) return null
        const of = votes.get(one)!
        return worth(of) / of.count
      }),
    )
  }
}

const blended = blend(0.5)

/** The answer that more than half of the candidates give, where there is one, else `best` (HMRV, arXiv:2508.01773). */
export const decisive: VoteRule = choice => {
  const known = choice.class_N.filter(one => one !== null)
  const most = Math.max(0, ...known.map(one => known.filter(other => other === one).length))
  return most > choice.class_N.length / 2 ? majority(choice) : best(choice)
}

export const voteRules = {
  ...{ best, amongFour, weighted, hybrid, blended, decisive, majority },
} as const
export type VoteName = keyof typeof voteRules

/** Votes of these weights; null has none. An answer is as right as the candidates that give it. */
function voted({ class_N, right_N }: Choice, weight_N: readonly (number | null)[]): number {
  const votes = new Map<number, { weight: number; right: number; count: number }>()
  for (let n = 0; n < class_N.length; n++) {
    const [one, weight] = [class_N[n]!, weight_N[n]!]
    if (one === null || weight === null) continue
    const there = votes.get(one) ?? { weight: 0, right: 0, count: 0 }
    votes.set(one, there)
    there.weight += weight
    there.right += Number(right_N[n])
    there.count++
  }
  let most = -Infinity
  for (const { weight } of votes.values()) most = Math.max(most, weight)
  let [winners, right] = [0, 0]
  for (const one of votes.values()) {
    // sums of the same scores in another order may differ by rounding
    if (one.weight < most - 1e-9 * Math.abs(most)) continue
    winners++
    right += one.right / one.count
  }
  return winners === 0 ? 0 : right / winners
}
