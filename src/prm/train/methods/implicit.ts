// What methods that learn from outcomes share.

import type { PrmLayout } from '../../layout.ts'

export const rewardScale = {
  default: 0.05,
  help: 'reward of a token for each nat by which the model moves from its reference',
  min: 1e-6,
} as const

/** The layout with the reward of a step: beta * log(policy / reference) of its tokens. */
export function ratioLayout(base: PrmLayout, beta: number): PrmLayout {
  return { ...base, score: { head: 'ratio', beta, of: 'step' }, threshold: 0 }
}
