import type { StepRewards } from '../method.ts'
import { creditSteps } from './steps.ts'
import type { Rule } from './streams.ts'
import { discountedSum } from './sum.ts'

export interface ClipDeltaOptions {
  readonly ceiling: number // rewards above it count as it
  readonly clip?: boolean // default true
  readonly delta?: boolean // default true
}

/**
 * Process rewards still to come, bounded: first clipped, min(r - ceiling, 0), then each less that of the step after it, the last
 * two being r and 0, so that the return of a step is its own clipped reward and more steps earn nothing (arXiv:2410.15115,
 * section 4.2).
 */
export function clipDelta({
  ceiling,
  clip = true,
  delta = true,
}: ClipDeltaOptions): Rule<StepRewards> {
  return creditSteps(
    rewards_S => {
      const clipped_S = clip ? rewards_S.map(r => Math.min(r - ceiling, 0)) : rewards_S
      return discountedSum(delta ? deltas(clipped_S) : clipped_S)
    },
    {
      name: 'clipped and differenced',
      formula: `G[s] = sum to come of ${delta ? 'c[j] - c[j + 1]' : 'c[j]'}, c = ${clip ? `min(r - ${ceiling}, 0)` : 'r'}`,
      source: 'arXiv:2410.15115, section 4.2',
      options: { ceiling, clip, delta },
    },
  )
}
clipDelta.trial = { usual: () => ({ ceiling: 0 }) }

/** r[s] - r[s + 1], r of the last but one, 0 of the last. */
export function deltas(rewards_S: Float32Array): Float32Array {
  const last = rewards_S.length - 1
  return rewards_S.map((r, s) => (s === last ? 0 : s === last - 1 ? r : r - rewards_S[s + 1]!))
}
