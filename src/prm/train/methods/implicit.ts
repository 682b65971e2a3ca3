// What methods that learn from outcomes share.

import type { PrmLayout } from '../../layout.ts'

/** The option that says how a log-ratio becomes a reward. */
export const rewardScale = {
  default: 0.05,
  help: 'reward of a token for each nat by which the model moves from its reference',
  min: 1e-6,
} as const

/** The layout with the reward of a step: beta * log(policy / reference) of its tokens. */
function ratioLayout(base: PrmLayout, beta: number): PrmLayout {
  return { ...base, score: { head: 'ratio', beta, of: 'step' }, threshold: 0 }
}

/** What every one of them is: a language model beside its reference, whose log-ratios are the rewards. */
export const implicit = {
  paper: 'arXiv:2412.01981',
  outputs: 0,
  insideTargets: 0,
  ownThreshold: false,
  needsReference: true,
  learningRate: 1e-4,
  options: { rewardScale },
  layout: (base: PrmLayout, o: { readonly rewardScale: number }) =>
    ratioLayout(base, o.rewardScale),
} as const
