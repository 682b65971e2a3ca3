import type { StepRewards } from '../method.ts'
import { creditSteps } from './steps.ts'
import type { Rule } from './streams.ts'
import { discountedSum } from './sum.ts'

/**
 * A rollout is worth the mean of its process rewards, which adding steps cannot raise by itself:
 * returns[s] = rewards[s] / S + returns[s + 1] (equal weights in arXiv:2504.15275, eq. 5).
 */
export function mean(): Rule<StepRewards> {
  return creditSteps(rewards_S => discountedSum(rewards_S.map(r => r / rewards_S.length)), {
    name: 'mean of the steps',
    formula: 'G[s] = sum over steps j >= s of r[j] / S',
    source: 'arXiv:2504.15275, eq. 5 with equal weights',
  })
}
mean.trial = {}
