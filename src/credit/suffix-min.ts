import type { StepRewards } from '../method.ts'
import { creditSteps } from './steps.ts'
import type { Rule } from './streams.ts'

/**
 * A step is worth the worst reward still to come: the form for which the error bound of PURE holds
 * (arXiv:2504.15275, section 3.2), as an error of at most e in every reward moves it by at most e.
 */
export function suffixMin(): Rule<StepRewards> {
  return creditSteps(lowestToCome, {
    name: 'worst to come',
    formula: 'G[s] = min over steps j >= s of r[j]',
    source: 'arXiv:2504.15275, section 3.2',
  })
}
suffixMin.trial = {}

/** returns[s] = min(rewards[s], returns[s + 1]) */
export function lowestToCome(rewards_S: Float32Array): Float32Array {
  const returns_S = Float32Array.from(rewards_S)
  for (let s = returns_S.length - 2; s >= 0; s--)
    returns_S[s] = Math.min(returns_S[s], returns_S[s + 1])
  return returns_S
}
