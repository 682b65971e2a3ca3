import type { Advantages, Outcome, StepRewards } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { followed } from './followed.ts'

/**
 * Advantages of whole rollouts, and within them by whether a step is judged wrong, below 0: a wrong step of a right rollout loses
 * ability * (share of the group that is right), a right step of a wrong rollout counts for nothing (arXiv:2507.23317, eq. 8 in the
 * closed form of its sum: steps of one kind that follow each other are one thought). As they were where steps have no scores.
 */
export function judgedThoughts<K extends string>(
  advantages: Advantages<K>,
  { ability }: { readonly ability: number },
): Advantages<K, Outcome & StepRewards> {
  return batch => {
    const before = advantages(batch)
    const { advantages_P_G_T, metrics } = before
    const judged_P_G_T = batch.groups_P.map(({ rollouts }, p) => {
      const { outcome_G, steps_G_S } = batch.rewards_P[p]!
      const cost = ability * mean(outcome_G.filter(outcome => outcome !== null))
      return rollouts.map(({ steps }, g) => {
        const [outcome, scores_S] = [outcome_G[g], steps_G_S[g]]
        const judged_T = Float32Array.from(advantages_P_G_T[p]![g]!)
        if (outcome == null || scores_S == null) return judged_T
        for (const [s, { start, end }] of steps.entries()) {
          const score = scores_S[s]!
          if (Number.isNaN(score)) judged_T.fill(Number.NaN, start, end)
          for (let t = start; t < end; t++)
            if (outcome > 0.5 && score < 0) judged_T[t] -= cost
            else if (outcome <= 0.5 && score >= 0) judged_T[t] = 0
        }
        return judged_T
      })
    })
    return {
      ...followed(
        before,
        {
          name: 'judged thoughts',
          formula: `A, less ${ability} * share of right ones in wrong steps of a right rollout; 0 in right steps of a wrong one`,
          source: 'arXiv:2507.23317, eq. 8',
        },
        judged_P_G_T,
      ),
      metrics,
    }
  }
}
judgedThoughts.trial = { not: 'it changes advantages, and is no baseline of a stream' }
