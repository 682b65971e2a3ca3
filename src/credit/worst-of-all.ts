import type { StepRewards } from '../method.ts'
import { creditSteps } from './steps.ts'
import type { Rule } from './streams.ts'

/**
 * Every step is worth the worst reward of the rollout: the return of its first step by the min-form of PURE, for all of them
 * (arXiv:2504.15275, eq. 3). What comes after the worst step is neither paid for nor forgiven.
 */
export function worstOfAll(): Rule<StepRewards> {
  return creditSteps(lowest, {
    name: 'worst step of all',
    formula: 'G[s] = min r',
    source: 'arXiv:2504.15275, eq. 3, for its first step',
  })
}
worstOfAll.trial = {}

/** returns[s] = min(rewards) */
export function lowest(rewards_S: Float32Array): Float32Array {
  const worst = rewards_S.reduce((least, r) => Math.min(least, r), Number.POSITIVE_INFINITY)
  return new Float32Array(rewards_S.length).fill(worst)
}
