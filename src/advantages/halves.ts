import type { Advantages, Baseline, Formula, Parts } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { combine } from './combine.ts'
import { labelled, told } from './siblings.ts'

export interface HalvesOptions<K extends string> {
  readonly by: K // the part of the rewards that a group is split by
  readonly between: number // share of the comparison with the other half, 0 to 1; the rest is with one's own
  readonly favour: 'high' | 'low' // the half that gains where alpha is below 1
  readonly alpha?: number // default 1: neither half
}

/**
 * A group split at the median of something said of its rollouts, and each compared with the mean return of the other half and of
 * its own: between * (alpha_1 G - alpha_2 mean of the other) + (1 - between) * (G - mean of its own), where alpha_2 is alpha for the
 * favoured half and alpha_1 for the other one, else 1 (arXiv:2509.23962, eq. 5 to 8). Of an odd number the middle one is high; among
 * equals the earlier one is low.
 */
export function halves<K extends string>({
  by,
  ...options
}: HalvesOptions<K>): Advantages<'outcome', Parts<K>> {
  return batch => {
    const values = new Map(
      batch.groups_P.map((group, p) => [group, batch.rewards_P[p]!.parts_G[by]]),
    )
    const plain: Baseline = (group, returns_G) => {
      const members_G = labelled('halves', group, returns_G)
      const firsts = members_G.map((m, g) =>
        m === null || values.get(group)![g] === null ? null : m.returns_T[0]!,
      )
      const found = comparisons(firsts, values.get(group)!, options)
      return found.map((a, g) => new Float32Array(group.rollouts[g]!.ids.length).fill(a ?? 0))
    }
    const baseline = told(plain, formulaOf({ by, ...options }))
    return combine({ outcome: { baseline, weight: 1 } })(batch) // which leaves out what the policy did not write
  }
}
halves.trial = { not: 'it is built with a part of the rewards' }

function formulaOf({ by, between, favour, alpha = 1 }: HalvesOptions<string>): Formula {
  const other = alpha === 1 ? 'other half' : `other half, times ${alpha} for the ${favour} one`
  return {
    name: 'against halves',
    formula: `A[t] = ${between} * (G[t] - mean of the ${other}) + ${1 - between} * (G[t] - mean of its own), halves by ${by}`,
    source: 'arXiv:2509.23962, eq. 5 to 8',
  }
}

/** What each of a group's returns is worth, by the halves that `by_G` makes of those that are known; null where it is not. */
export function comparisons(
  returns_G: readonly (number | null)[],
  by_G: readonly (number | null)[],
  { between, favour, alpha = 1 }: Omit<HalvesOptions<string>, 'by'>,
): (number | null)[] {
  const known = returns_G.map((_, g) => g).filter(g => returns_G[g] !== null)
  const sorted = known.sort((a, b) => by_G[a]! - by_G[b]!)
  const low = new Set(sorted.slice(0, Math.floor(sorted.length / 2)))
  const meanOf = (isLow: boolean): number => {
    const half = sorted.filter(g => low.has(g) === isLow).map(g => returns_G[g]!)
    return half.length === 0 ? 0 : mean(half)
  }
  return returns_G.map((value, g) => {
    if (value === null) return null
    if (sorted.length < 2) return 0
    const [own, other] = [meanOf(low.has(g)), meanOf(!low.has(g))]
    const favoured = low.has(g) === (favour === 'low')
    const inter = favoured ? value - alpha * other : alpha * value - other
    return between * inter + (1 - between) * (value - own)
  })
}
