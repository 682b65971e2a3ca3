import { written } from '../groups/written.ts'
import type { Divergence } from '../method.ts'
import { type KlEstimator, klEstimators } from '../numbers/numeric.ts'
import type { Group } from '../types.ts'

export interface PenaltyOptions {
  readonly coefficient: number
  /** How the KL of a token is estimated (klEstimators); default k1, the log-ratio itself. */
  readonly estimator?: KlEstimator
}

/**
 * What each token costs: penalties[t] = -coefficient * k(log p_reference - log p_policy), 0 where the policy did not write it;
 * null where the reference was not asked, and everywhere for a coefficient of 0, which reads no log-ratio.
 */
export function penalties(
  name: string,
  { rollouts }: Group,
  { logRatios_G_T }: Divergence,
  { coefficient, estimator = 'k1' }: PenaltyOptions,
): readonly (Float32Array | null)[] {
  if (coefficient === 0) return rollouts.map(() => null)
  if (logRatios_G_T.length !== rollouts.length)
    throw new RangeError(
      `${name}: log-ratios of ${logRatios_G_T.length} rollouts for ${rollouts.length}`,
    )
  const { value } = klEstimators[estimator]
  return rollouts.map((rollout, g) => {
    const logRatios_T = logRatios_G_T[g]
    if (logRatios_T === null) return null
    if (logRatios_T.length !== rollout.ids.length)
      throw new RangeError(
        `${name}: ${logRatios_T.length} log-ratios for ${rollout.ids.length} tokens of rollout ${g}`,
      )
    const written_T = written(rollout)
    const penalties_T = new Float32Array(logRatios_T.length)
    for (let t = 0; t < penalties_T.length; t++)
      if (written_T[t] === 1) penalties_T[t] = -coefficient * value(-logRatios_T[t])
    return penalties_T
  })
}
