import type { StepRewards } from '../types.ts'
import { creditSteps } from './steps.ts'
import type { Rule } from './streams.ts'
import { discountedSum } from './sum.ts'

/** A rollout is worth its worst step, softly: the sum of re-weighted rewards (arXiv:2504.15275, eq. 5). */
export function softMin({ temperature = 0.1 } = {}): Rule<StepRewards> {
  if (!(temperature > 0 && temperature < Infinity))
    throw new RangeError(`softMin: the temperature must be above 0, got ${temperature}`)
  return creditSteps(rewards_S => discountedSum(reweight(rewards_S, temperature)))
}

/** out[s] = rewards[s] * softmax(-rewards / temperature)[s]; (0 .. min .. 0) as temperature tends to 0. */
export function reweight(rewards_S: Float32Array, temperature: number): Float32Array {
  let lowest = Infinity
  for (const r of rewards_S) lowest = Math.min(lowest, r)
  // Shifted by the lowest, so that exp cannot overflow and the total is at least 1.
  const weights_S = Float64Array.from(rewards_S, r => Math.exp((lowest - r) / temperature))
  let total = 0
  for (const w of weights_S) total += w
  return rewards_S.map((r, s) => (r * weights_S[s]) / total)
}
