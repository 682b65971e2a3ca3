import type { Divergence } from '../method.ts'
import { klEstimators } from '../numbers/numeric.ts'
import { type PenaltyOptions, penalties } from './penalties.ts'
import { type Rule, told } from './streams.ts'

/**
 * The KL to the reference as a part of the reward of the whole rollout: returns[t] = -coefficient * sum_j KL[j] for every
 * token (arXiv:2402.14740, eq. 2); null where the reference was not asked.
 */
export function klOfRollout({ coefficient, estimator = 'k1' }: PenaltyOptions): Rule<Divergence> {
  return told(
    (group, rewards) =>
      penalties('klOfRollout', group, rewards, { coefficient, estimator }).map(penalties_T => {
        if (penalties_T === null) return null
        let sum = 0
        for (let t = 0; t < penalties_T.length; t++) sum += penalties_T[t]
        return penalties_T.fill(sum)
      }),
    {
      name: 'KL of the rollout',
      formula: `G[t] = -${coefficient} * sum over all tokens j of KL[j]`,
      source: 'arXiv:2402.14740, eq. 2',
      options: { coefficient, estimator },
    },
  )
}
klOfRollout.trial = {
  usual: () => ({ coefficient: 0.001 }),
  choices: { estimator: Object.keys(klEstimators) },
}
