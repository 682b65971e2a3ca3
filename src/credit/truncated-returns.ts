import type { Settings, StepRewards } from '../method.ts'
import { creditSteps } from './steps.ts'
import { type Rule, told } from './streams.ts'

/**
 * What a rollout adds, from each step on, to the estimate of a group in which `reach_S[s]` rollouts, the first ones, reach step s:
 * returns[s] = sum over u >= s of discount^u * r[u] * rollouts / reach[u] (Truncating Trajectories in Monte Carlo Reinforcement Learning,
 * ICML 2023, section 3). The mean over a whole group of what stands at the first step is the estimate; a step that a rollout was
 * not meant to reach counts nothing, also where another stopped by itself before.
 */
export function truncatedReturns(
  reach_S: readonly number[],
  { discount }: { readonly discount: number },
): Rule<StepRewards> {
  return told(
    (group, rewards) => {
      const all = group.rollouts.length
      return group.rollouts.map((rollout, g) => {
        const rule = creditSteps(rewards_S => {
          let after = 0
          const returns_S = new Float32Array(rewards_S.length)
          for (let s = rewards_S.length - 1; s >= 0; s--) {
            const reach = reach_S[s] ?? 0
            if (g < reach) after += (discount ** s * rewards_S[s]! * all) / reach
            returns_S[s] = after
          }
          return returns_S
        })
        return rule({ ...group, rollouts: [rollout] }, { steps_G_S: [rewards.steps_G_S[g]!] })[0]!
      })
    },
    {
      name: 'truncated returns',
      formula: `G[s] = sum over steps j >= s of ${discount}^j * r[j] * rollouts / those that reach j`,
      source: 'ICML 2023, section 3',
      options: { reach: reach_S.join(' '), discount },
    },
  )
}
truncatedReturns.trial = {
  usual: () => ({ reach: '8 6 4 2', discount: 1 }),
  build: ({ reach, discount }: Settings) =>
    truncatedReturns(String(reach).split(' ').map(Number), { discount: Number(discount) }),
}
