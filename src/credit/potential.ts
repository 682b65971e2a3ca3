import type { StepRewards } from '../method.ts'
import { creditSteps } from './steps.ts'
import type { Rule } from './streams.ts'
import { discountedSum } from './sum.ts'

/**
 * Potential-based shaping: a step earns discount * p[s + 1] - p[s], p[s] being the judge's score of what stood before it, 0 at the
 * start and at the end, so that whole rollouts earn nothing by it and no other policy is best (Ng, Harada and Russell, 1999;
 * arXiv:2502.03723, eq. 4). returns[s] = shaping[s] + discount * returns[s + 1], which is -p[s].
 */
export function potential({ discount = 1 } = {}): Rule<StepRewards> {
  if (!(discount >= 0 && discount <= 1))
    throw new RangeError(`potential: the discount must lie in [0, 1], got ${discount}`)
  return creditSteps(scores_S => discountedSum(shaping(scores_S, discount), discount), {
    name: 'potential',
    formula: `G[s] = sum over steps j >= s of ${discount}^(j - s) * (${discount} * p[j] - p[j - 1])`,
    source: 'arXiv:2502.03723, eq. 4',
    options: { discount },
  })
}
potential.trial = {}

/** What each step earns by itself, of the scores after each step. */
export function shaping(scores_S: Float32Array, discount: number): Float32Array {
  const last = scores_S.length - 1
  return scores_S.map((score, s) => {
    const [before, after] = [s === 0 ? 0 : scores_S[s - 1]!, s === last ? 0 : score]
    return discount * after - before
  })
}
