import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'p-grpo',
  paper: 'arXiv:2508.05170',
  about: 'Outcomes, and among right answers alone the quality of the reasoning.',
  needs: ['grader', 'prm'],
  differs: [
    'quality is the mean score of the steps; the paper trains a reward model of whole reasonings',
    'the form is a box or tags; with --environment program the outcome is that all tests pass',
    'the deviation is that of the group; rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    clipLow: { default: 0.2, help: 'how far a ratio may fall in one update', min: 0, max: 1 },
    clipHigh: { default: 0.28, help: 'how far a ratio may rise in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({ outcome: credit.gatedQuality() }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.clipped({ clipLow: o.clipLow, clipHigh: o.clipHigh }),
      passes: o,
    }),
})
