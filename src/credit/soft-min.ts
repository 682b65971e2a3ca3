import type { StepRewards } from '../method.ts'
import { creditSteps } from './steps.ts'
import type { Rule } from './streams.ts'
import { discountedSum } from './sum.ts'

/** A rollout is worth its worst step, softly: the sum of re-weighted rewards (arXiv:2504.15275, eq. 5). */
export function softMin({ temperature = 0.1 } = {}): Rule<StepRewards> {
  if (!(temperature > 0 && temperature < Infinity))
    throw new RangeError(`softMin: the temperature must be above 0, got ${temperature}`)
  return creditSteps(rewards_S => discountedSum(reweight(rewards_S, temperature)), {
    name: 'soft minimum',
    formula: `G[s] = sum over steps j >= s of r[j] * softmax(-r / ${temperature})[j]`,
    source: 'arXiv:2504.15275, eq. 5',
    options: { temperature },
  })
}
softMin.trial = {}

/** out[s] = rewards[s] * softmax(-rewards / temperature)[s]; (0 .. min .. 0) as temperature tends to 0. */
export function reweight(rewards_S: Float32Array, temperature: number): Float32Array {
  const S = rewards_S.length
  let lowest = Infinity
  for (let s = 0; s < S; s++) lowest = Math.min(lowest, rewards_S[s])
  const weights_S = new Float64Array(S)
  let total = 0
  for (let s = 0; s < S; s++) {
    // Shifted by the lowest, so that exp cannot overflow and the total is at least 1.
    weights_S[s] = Math.exp((lowest - rewards_S[s]) / temperature)
    total += weights_S[s]
  }
  const out_S = new Float32Array(S)
  for (let s = 0; s < S; s++) out_S[s] = (rewards_S[s] * weights_S[s]) / total
  return out_S
}
