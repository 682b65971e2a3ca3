// How much of a budget of tokens is spent without an answer at hand (MRT, arXiv:2503.07572, section 4).

/** How likely an answer would be right, were it given after so many tokens. */
export interface Chance {
  readonly tokens: number
  readonly chance: number // in [0, 1]
}

/**
 * The normalised regret of a budget, 1 - (1 / budget) * integral of the chance over tokens, by the trapezoids between what is known;
 * after the last of it the chance stays. In [0, 1]; 0 where the answer is right at once. Throws RangeError for tokens that do not
 * ascend from 0.
 */
export function regretOf(chances: readonly Chance[], budget: number): number {
  const bad = chances.findIndex(({ tokens }, i) =>
    i === 0 ? tokens !== 0 : !(tokens >= chances[i - 1]!.tokens),
  )
  if (bad >= 0 || chances.length === 0 || !(budget > 0))
    throw new RangeError(
      `regretOf: ${chances[bad]?.tokens ?? 'no'} tokens at ${bad} within ${budget}; expected a budget, and tokens that ascend from 0`,
    )
  const known = [...chances, { ...chances.at(-1)!, tokens: Infinity }]
  let area = 0
  for (const [i, { tokens: from, chance }] of known.slice(0, -1).entries()) {
    const next = known[i + 1]!
    const to = Math.min(next.tokens, budget)
    if (to <= from) continue
    const share = next.tokens === Infinity ? 0 : (to - from) / (next.tokens - from)
    const there = chance + share * (next.chance - chance)
    area += ((chance + there) / 2) * (to - from)
  }
  return 1 - area / budget
}
