import type { Divergence } from '../method.ts'
import { type PenaltyOptions, penalties } from './penalties.ts'
import type { Rule } from './streams.ts'

/**
 * The KL to the reference as a part of the reward of the whole rollout: returns[t] = -coefficient * sum_j KL[j] for every
 * token (arXiv:2402.14740, eq. 2); null where the reference was not asked.
 */
export function klOfRollout(options: PenaltyOptions): Rule<Divergence> {
  return (group, rewards) =>
    penalties('klOfRollout', group, rewards, options).map(penalties_T => {
      if (penalties_T === null) return null
      let sum = 0
      for (let t = 0; t < penalties_T.length; t++) sum += penalties_T[t]
      return penalties_T.fill(sum)
    })
}
