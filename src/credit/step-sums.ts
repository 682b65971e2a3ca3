import { written } from '../groups/written.ts'
import type { Outcome, TokenRewards } from '../method.ts'
import { spreadSteps } from './steps.ts'
import { type Rule, told } from './streams.ts'

/**
 * Every token is credited with what its step earns: the sum of the rewards of the step's own tokens. null of a rollout without rewards,
 * or whose outcome is not known: what tells them has nothing to be held against.
 */
export function stepSums(): Rule<Outcome & TokenRewards> {
  return told(
    ({ rollouts }, { outcome_G, tokens_G_T }) =>
      rollouts.map((rollout, g) => {
        const { ids, steps } = rollout
        const rewards_T = tokens_G_T[g]
        if (rewards_T == null || outcome_G[g] === null) return null
        if (rewards_T.length !== ids.length)
          throw new RangeError(
            `stepSums: ${rewards_T.length} rewards for ${ids.length} tokens of rollout ${g}`,
          )
        const written_T = written(rollout)
        const sums = steps.map(({ start, end }) => {
          let sum = 0
          for (let t = start; t < end; t++) if (written_T[t] === 1) sum += rewards_T[t]!
          return sum
        })
        return spreadSteps(Float32Array.from(sums), steps, ids.length)
      }),
    {
      name: 'sums of steps',
      formula: 'G[t] = sum of the rewards of the tokens of its step',
      source: 'by definition',
    },
  )
}
stepSums.trial = {}
