import type { Outcome, Select, StepRewards } from '../method.ts'
import { regretOf } from '../numbers/regret.ts'

/**
 * Of each group the right rollout whose steps' progress leaves least regret over the tokens of the longest: all that are right end at
 * the same chance, and it is there the sooner (MRT, arXiv:2503.07572, section 5). None where nothing right has known progress.
 */
export const leastRegret: Select<Outcome & StepRewards> = ({ groups_P, rewards_P }) =>
  groups_P.map(({ rollouts }, p) => {
    const { outcome_G, steps_G_S } = rewards_P[p]!
    const budget = Math.max(1, ...rollouts.map(({ ids }) => ids.length))
    const found = rollouts.flatMap(({ steps }, g) => {
      const progress_S = steps_G_S[g]
      if (!((outcome_G[g] ?? 0) > 0.5) || progress_S == null || steps.length === 0) return []
      // above the chance before the first step, which is one for all of a group
      const chances = steps.map(({ end }, s) => {
        return { tokens: end, chance: progress_S.subarray(0, s + 1).reduce((a, b) => a + b) }
      })
      return [{ g, regret: regretOf([{ tokens: 0, chance: 0 }, ...chances], budget) }]
    })
    const best = found.reduce((a, b) => (b.regret < a.regret ? b : a), found[0]!)
    return best === undefined ? [] : [best.g]
  })
