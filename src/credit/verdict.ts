import type { Outcome, TokenValues } from '../method.ts'
import { type Rule, told } from './streams.ts'

/**
 * Every token is credited with the sigmoid of what a verifier says at the end of its rollout (Cooper, arXiv:2508.05613, section 3.3). Null
 * where the outcome is not known, and of what another than the policy wrote.
 */
export function verdict(): Rule<Outcome & TokenValues> {
  return told(
    ({ rollouts }, { outcome_G, values_G_T }) =>
      rollouts.map(({ ids, origin }, g) => {
        const outcome = outcome_G[g]
        if (outcome == null || origin === 'other') return null
        const said = 1 / (1 + Math.exp(-(values_G_T[g]!.at(-1) ?? 0)))
        return new Float32Array(ids.length).fill(Number.isNaN(outcome) ? outcome : said)
      }),
    {
      name: 'verdict',
      formula: 'G[t] = sigmoid of what the verifier says at the end',
      source: 'arXiv:2508.05613, section 3.3',
    },
  )
}
verdict.trial = {}
