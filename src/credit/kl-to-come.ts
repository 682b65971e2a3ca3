import type { Divergence } from '../method.ts'
import { klEstimators } from '../numbers/numeric.ts'
import { type PenaltyOptions, penalties } from './penalties.ts'
import type { Rule } from './streams.ts'

/**
 * The KL to the reference as a reward of each token: returns[t] = penalty[t] + returns[t + 1], penalty[t] = -coefficient *
 * KL[t] (arXiv:2501.03262, eq. 5; arXiv:2504.15275, section 3.1); null where the reference was not asked.
 */
export function klToCome({ coefficient, estimator = 'k1' }: PenaltyOptions): Rule<Divergence> {
  const rule: Rule<Divergence> = (group, rewards) =>
    penalties('klToCome', group, rewards, { coefficient, estimator }).map(penalties_T => {
      if (penalties_T === null) return null
      let sum = 0
      for (let t = penalties_T.length - 1; t >= 0; t--) {
        sum += penalties_T[t]
        penalties_T[t] = sum
      }
      return penalties_T
    })
  const formula = {
    name: 'KL to come',
    formula: `G[t] = sum over tokens j >= t of -${coefficient} * KL[j]`,
    source: 'arXiv:2501.03262, eq. 5',
    options: { coefficient, estimator },
  }
  return Object.assign(rule, { formula })
}
klToCome.trial = {
  usual: () => ({ coefficient: 0.001 }),
  choices: { estimator: Object.keys(klEstimators) },
}
