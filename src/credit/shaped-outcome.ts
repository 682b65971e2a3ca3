import type { Outcome, Shaping } from '../method.ts'
import type { Rule } from './streams.ts'

/**
 * Every token is credited with wrong + (right - wrong) * outcome + shaping of its rollout, one reward, so that a baseline sees
 * their sum (arXiv:2503.14476, eq. 7 and 13, where right is 1 and wrong is -1); null where the outcome is not known.
 */
export function shapedOutcome({ right = 1, wrong = 0 } = {}): Rule<Outcome & Shaping> {
  return ({ rollouts }, { outcome_G, shaping_G }) => {
    for (const [what, xs_G] of Object.entries({ outcome_G, shaping_G }))
      if (xs_G.length !== rollouts.length)
        throw new RangeError(
          `shapedOutcome: ${xs_G.length} ${what} for ${rollouts.length} rollouts`,
        )
    return rollouts.map(({ ids }, g) => {
      const outcome = outcome_G[g]
      if (outcome === null) return null
      return new Float32Array(ids.length).fill(wrong + (right - wrong) * outcome + shaping_G[g])
    })
  }
}
