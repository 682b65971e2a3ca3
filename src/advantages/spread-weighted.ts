import type { Advantages, Outcome, Rewarded, StepRewards } from '../method.ts'
import { deviation, knownMean, mean } from '../numbers/numeric.ts'
import { followed } from './followed.ts'

export interface SpreadOptions {
  /** The spread that has the weight in the middle; null: the mean of the batch. */
  readonly usual: number | null
  readonly low?: number // default 0.5
  readonly high?: number // default 2
  readonly steep?: number // default 5
}

/**
 * Advantages, each group weighted by how far the judge's scores spread in it: low + (high - low) * sigmoid(steep * (spread -
 * usual)) (arXiv:2510.07242, eq. 4). The weight comes after the normalisation, which would cancel it.
 */
export function spreadWeighted<K extends string>(
  advantages: Advantages<K>,
  options: SpreadOptions,
): Advantages<K, Outcome & StepRewards> {
  return batch => {
    const before = advantages(batch)
    const { advantages_P_G_T, metrics } = before
    const spreads_P = batch.rewards_P.map(spreadOf)
    const usual = options.usual ?? meanSpread(batch.rewards_P)
    const weights_P = spreads_P.map(spread => spreadWeight(spread, { ...options, usual }))
    const weighted_P_G_T = advantages_P_G_T.map((advantages_G_T, p) =>
      advantages_G_T.map(advantages_T => advantages_T.map(a => weights_P[p]! * a)),
    )
    return {
      ...followed(
        before,
        {
          name: 'weighted by the spread of scores',
          formula: 'A * weight of the group, by how far its scores spread beside the usual',
          source: 'arXiv:2510.07242, eq. 4',
        },
        weighted_P_G_T,
      ),
      metrics: { ...metrics, 'advantages/spread_weight': mean(weights_P) },
    }
  }
}
spreadWeighted.trial = { not: 'it weighs groups of the batch against the spread of earlier ones' }

/** The weight of a group by the spread of its scores. */
export function spreadWeight(
  spread: number,
  { usual, low = 0.5, high = 2, steep = 5 }: SpreadOptions & { readonly usual: number },
): number {
  return low + (high - low) / (1 + Math.exp(-steep * (spread - usual)))
}

/** Moves the usual spread a tenth of the way to that of a batch; where none is known it is that, where that is no number it stays. */
export function usualSpread(
  usual: number | null,
): (batch: Rewarded<Outcome & StepRewards>) => number | null {
  return ({ rewards_P }) => {
    const spread = meanSpread(rewards_P)
    if (!Number.isFinite(spread)) return usual
    return usual === null ? spread : 0.9 * usual + 0.1 * spread
  }
}

/** The mean over groups of the deviation of their scores; 0 of none. */
function meanSpread(rewards_P: readonly StepRewards[]): number {
  return rewards_P.length === 0 ? 0 : mean(rewards_P.map(spreadOf))
}

/** The deviation (not the sample's) of a group's scores; 0 where none is known. */
function spreadOf({ steps_G_S }: StepRewards): number {
  const known = steps_G_S.map(knownMean).filter(score => score !== null)
  return known.length === 0 ? 0 : deviation(known)
}
