import type { StepRewards } from '../method.ts'
import { creditSteps } from './steps.ts'
import type { Rule } from './streams.ts'

/** The process rewards still to come, discounted: the canonical return (arXiv:2504.15275, eq. 1). */
export function sum({ discount = 1 } = {}): Rule<StepRewards> {
  if (!(discount >= 0 && discount <= 1))
    throw new RangeError(`sum: the discount must lie in [0, 1], got ${discount}`)
  const factor = discount === 1 ? '' : `${discount}^(j - s) * `
  return creditSteps(rewards_S => discountedSum(rewards_S, discount), {
    name: 'sum to come',
    formula: `G[s] = sum over steps j >= s of ${factor}r[j]`,
    source: 'arXiv:2504.15275, eq. 1',
    options: { discount },
  })
}
sum.trial = {}

/** returns[s] = rewards[s] + discount * returns[s + 1] */
export function discountedSum(rewards_S: Float32Array, discount = 1): Float32Array {
  const returns_S = new Float32Array(rewards_S.length)
  let next = 0
  for (let s = rewards_S.length - 1; s >= 0; s--) {
    next = rewards_S[s] + discount * next
    returns_S[s] = next
  }
  return returns_S
}
