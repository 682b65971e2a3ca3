import { type AdaptiveOrder, adaptive, adaptiveOrders } from '../adaptive.ts'
import { completions, method, ratio, solutions, whole } from './method.ts'

export const adaptiveMethod = method({
  name: 'adaptive',
  paper: 'arXiv:2508.01773',
  about: 'the first error of each wrong answer, with completions until it is clear',
  differs: [
    "completions end by Wilson's interval, not after a number fixed for each problem",
    'the change of a step is from the one before; nothing stands before the first',
    'by uncertainty, steps that can no longer be the first error are passed over',
  ],
  options: {
    completions: completions(16),
    lookEvery: whole(1, 'completions between two looks'),
    ratio: ratio(0.5),
    z: { default: 1.28, help: 'deviations that make it clear', min: 0 },
    order: {
      default: 'binary',
      choices: adaptiveOrders,
      help: 'which step first: the middle, the least sure, or by its change',
    },
  },
  build: (options, { seed }) =>
    solutions(adaptive({ ...options, order: options.order as AdaptiveOrder, seed })),
})
