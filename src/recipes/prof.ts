import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { harmonized } from '../rewards/harmonized.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'prof',
  paper: 'arXiv:2509.03403',
  about: 'GRPO on the half of each group whose steps agree with their answer, as a judge sees it.',
  needs: ['grader', 'prm'],
  differs: [
    'answers of few or many steps cost nothing, which is the default of the code',
    'shares of removals are rounded up as in the paper; the code rounds halves to even',
    'outcomes are 0 and 1, which GRPO makes the same; without entropy bonus; rate for small models',
  ],
  options: {
    ...learning,
    keep: { default: 4, help: 'rollouts of a group that are learned from', min: 2, integer: true },
    ofWrong: { default: true, help: 'steps decide among wrong ones; else the order' },
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clipLow: { default: 0.24, help: 'how far a ratio may fall in one update', min: 0, max: 1 },
    clipHigh: { default: 0.28, help: 'how far a ratio may rise in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      select: harmonized(o),
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.sum(
        update.clipped({ clipLow: o.clipLow, clipHigh: o.clipHigh, reduction: 'sequence-mean' }),
        update.kl({ coefficient: o.klCoef }),
      ),
      passes: o,
    }),
})
