import type { Outcome, TokenValues } from '../method.ts'
import { type Rule, told } from './streams.ts'

/**
 * Every token is credited with the sigmoid of what a verifier says at the end of its rollout, or with the outcome while that is the rule
 * (Cooper, arXiv:2508.05613, section 3.3). null where the outcome is not known.
 */
export function verdict({ byRule }: { readonly byRule: boolean }): Rule<Outcome & TokenValues> {
  return told(
    ({ rollouts }, { outcome_G, values_G_T }) =>
      rollouts.map(({ ids }, g) => {
        const outcome = outcome_G[g]
        if (outcome == null) return null
        const said = 1 / (1 + Math.exp(-(values_G_T[g]!.at(-1) ?? 0)))
        const reward = byRule || Number.isNaN(outcome) ? outcome : said
        return new Float32Array(ids.length).fill(reward)
      }),
    {
      name: 'verdict',
      formula: byRule ? 'G[t] = outcome' : 'G[t] = sigmoid of what the verifier says at the end',
      source: 'arXiv:2508.05613, section 3.3',
      options: { byRule },
    },
  )
}
verdict.trial = { usual: () => ({ byRule: false }) }
