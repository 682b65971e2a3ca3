import { learning, method, passes, recipe } from '../recipe.ts'
import { mixed } from '../rewards/mixed.ts'
import { advantages, credit, update } from '../stages.ts'

const between: ('lowest' | 'linear')[] = ['lowest', 'linear']

export default recipe({
  name: 'qae',
  paper: 'arXiv:2509.22611',
  about: 'Outcomes against a quantile of their group: rare successes or rare failures, never both.',
  needs: ['grader'],
  differs: [
    'the quantile is the lowest value that qualifies, as defined; the code goes between two',
    'groups with equal outcomes are left out, and no others are sampled; long answers cost nothing',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    quantile: { default: 0.4, help: 'share of the group below the baseline', min: 0.01, max: 0.99 },
    between: { default: between[0]!, help: 'what lies between two values', choices: between },
    clipLow: { default: 0.2, help: 'how far a ratio may fall in one update', min: 0, max: 1 },
    clipHigh: { default: 0.28, help: 'how far a ratio may rise in one update', min: 0 },
    ...passes,
  },
  build: ({ between, quantile, ...o }, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: grade,
      select: mixed,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.quantileNorm({ quantile, between }), weight: 1 },
      }),
      loss: update.clipped({ clipLow: o.clipLow, clipHigh: o.clipHigh }),
      passes: o,
    }),
})
