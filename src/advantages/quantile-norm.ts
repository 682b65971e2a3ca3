import type { Baseline } from '../method.ts'
import { deviation } from '../numbers/numeric.ts'
import { labelled, told } from './siblings.ts'

export interface QuantileOptions {
  readonly quantile: number // in (0, 1)
  /** 'lowest': the lowest return that so large a share does not exceed. 'linear': between neighbours, as the code has it. */
  readonly between?: 'lowest' | 'linear'
}

/**
 * Returns less a quantile of the group's, in units of its deviation: A[t] = (G[t] - Q_K) / (deviation_k G_k[0] + 1e-6)
 * (arXiv:2509.22611, eq. 5). Of outcomes 0 and 1 the lowest K-quantile is 0 where at most 1 - K are right, so that only right
 * rollouts learn there, and 1 elsewhere, where only wrong ones do.
 */
export function quantileNorm({ quantile: share, between = 'lowest' }: QuantileOptions): Baseline {
  if (!(share > 0 && share < 1))
    throw new RangeError(`quantileNorm: the quantile must lie between 0 and 1, got ${share}`)
  return told(
    (group, returns_G) => {
      const members_G = labelled('quantileNorm', group, returns_G)
      const firsts = members_G.flatMap(m => (m === null ? [] : [m.returns_T[0]!]))
      const centre = quantileOf(firsts, share, between)
      const spread = deviation(firsts) + 1e-6
      return members_G.map((member, g) => {
        if (member === null || firsts.length < 2)
          return new Float32Array(group.rollouts[g]!.ids.length)
        const { returns_T, written_T } = member
        return returns_T.map((x, t) => (written_T[t] === 1 ? (x - centre) / spread : 0))
      })
    },
    {
      name: 'over a quantile',
      formula: `A[t] = (G[t] - ${share}-quantile of G_k[0]) / (deviation_k G_k[0] + 0.000001)`,
      source: 'arXiv:2509.22611, eq. 5',
      options: { quantile: share, between },
    },
  )
}
quantileNorm.trial = {
  usual: () => ({ quantile: 0.4 }),
  choices: { between: ['lowest', 'linear'] },
}

/** The quantile of some numbers; NaN of none. */
export function quantileOf(
  values: readonly number[],
  share: number,
  between: 'lowest' | 'linear',
): number {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) return Number.NaN
  // A share of n that is a whole number but for its last bits is that number.
  if (between === 'lowest') return sorted[Math.ceil(share * sorted.length - 1e-9) - 1]!
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!)
}
