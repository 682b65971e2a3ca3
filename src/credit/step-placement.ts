import type { Settings, StepRewards } from '../method.ts'
import { creditSteps } from './steps.ts'
import type { Rule } from './streams.ts'
import { discountedSum } from './sum.ts'

export const placements = ['mean', 'product', 'min', 'max', 'each'] as const
export type Placement = (typeof placements)[number]

const atEnd: Readonly<Record<Exclude<Placement, 'each'>, (chances_S: Float32Array) => number>> = {
  mean: chances_S => chances_S.reduce((a, b) => a + b) / chances_S.length,
  product: chances_S => chances_S.reduce((a, b) => a * b),
  min: chances_S => chances_S.reduce((a, b) => Math.min(a, b)),
  max: chances_S => chances_S.reduce((a, b) => Math.max(a, b)),
}

/**
 * The chances that a judge gives the steps, (reward + 1) / 2, as one reward at the end of the rollout, which every token waits for,
 * or 'each' at the end of its own step: returns[s] = chance[s] + returns[s + 1] (arXiv:2311.05821, section 3).
 */
export function stepPlacement(placement: Placement): Rule<StepRewards> {
  return creditSteps(
    rewards_S => {
      const chances_S = rewards_S.map(reward => (reward + 1) / 2)
      if (placement === 'each') return discountedSum(chances_S)
      return chances_S.fill(atEnd[placement](chances_S))
    },
    {
      name: 'chances of the steps',
      formula:
        placement === 'each'
          ? 'G[s] = sum over steps j >= s of (r[j] + 1) / 2'
          : `G[t] = ${placement} over steps j of (r[j] + 1) / 2`,
      source: 'arXiv:2311.05821, section 3',
      options: { placement },
    },
  )
}
stepPlacement.trial = {
  usual: () => ({ placement: 'each' }),
  choices: { placement: placements },
  build: ({ placement }: Settings) => stepPlacement(placement as Placement),
}
