import type { Scorer } from '../method.ts'

/** Runs two scorers side by side and merges what they find of each group. */
export function both<A extends object, B extends object>(
  a: Scorer<A>,
  b: Scorer<B>,
): Scorer<A & B> {
  return async (groups, signal) => {
    const [first_P, second_P] = await Promise.all([a(groups, signal), b(groups, signal)])
    if (first_P.length !== groups.length || second_P.length !== groups.length)
      throw new RangeError(
        `both: rewards of ${first_P.length} and ${second_P.length} groups for ${groups.length}`,
      )
    return first_P.map((first, p) => ({ ...first, ...second_P[p] }))
  }
}
