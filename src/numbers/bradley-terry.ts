/** Of two members, how far the first is the better one: 1, 0, or 1/2 where neither is. */
export interface Comparison {
  readonly first: number // indices of members
  readonly second: number
  readonly outcome: number
}

const pull = 0.05 // towards 0: what always wins has a strength, too

/**
 * What comparisons cost at these strengths: -sum y log s(r_1 - r_2) + (1 - y) log s(r_2 - r_1), s the sigmoid, and a small pull of
 * all towards 0 (Bradley and Terry, 1952; arXiv:2410.05656, eq. 2); and its slope.
 */
export function comparisonLoss(
  strengths: readonly number[],
  comparisons: readonly Comparison[],
): { readonly loss: number; readonly slope: readonly number[] } {
  const slope = strengths.map(r => pull * r)
  let loss = strengths.reduce((sum, r) => sum + (pull * r * r) / 2, 0)
  for (const { first, second, outcome } of comparisons) {
    const difference = strengths[first]! - strengths[second]!
    loss += Math.log1p(Math.exp(-difference)) + (1 - outcome) * difference
    const error = 1 / (1 + Math.exp(-difference)) - outcome
    slope[first]! += error
    slope[second]! -= error
  }
  return { loss, slope }
}

/** The strengths of members that cost least, found by steps down the slope; null of a member that nobody was compared with. */
export function strengthsOf(
  members: number,
  comparisons: readonly Comparison[],
): readonly (number | null)[] {
  const met = Array.from({ length: members }, () => 0)
  for (const { first, second } of comparisons) {
    met[first]!++
    met[second]!++
  }
  const step = 1 / (pull + Math.max(...met, 1) / 2) // the loss bends no more than this
  let strengths = met.map(() => 0)
  for (let i = 0; i < 500; i++) {
    const { slope } = comparisonLoss(strengths, comparisons)
    strengths = strengths.map((r, m) => r - step * slope[m]!)
  }
  return strengths.map((r, m) => (met[m] === 0 ? null : r))
}
