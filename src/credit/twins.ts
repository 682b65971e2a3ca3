import type { Outcome } from '../method.ts'
import { type Rule, told } from './streams.ts'

/**
 * What a verifier learns of a group: outcomes; or, where wrong ones are made for it (`made`), the first right rollout as 1 and what was made
 * of it, of origin 'other', as 0, and nothing of the others nor of a group without one (Cooper, arXiv:2508.05613, section 3.3).
 */
export function twins({ made }: { readonly made: boolean }): Rule<Outcome> {
  return told(
    ({ rollouts }, { outcome_G }) => {
      const twin = rollouts.findIndex(({ origin }) => origin === 'other')
      const right = outcome_G.indexOf(1)
      return rollouts.map(({ ids }, g) => {
        const outcome = outcome_G[g]
        if (outcome == null || (made && (twin < 0 || (g !== twin && g !== right)))) return null
        return new Float32Array(ids.length).fill(outcome)
      })
    },
    {
      name: 'what a verifier learns',
      formula: made
        ? 'G[t] = 1 of the first right rollout, 0 of the wrong one made of it'
        : 'G[t] = outcome',
      source: 'arXiv:2508.05613, section 3.3',
      options: { made },
    },
  )
}
twins.trial = { usual: () => ({ made: false }) }
