import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'fapo',
  paper: 'arXiv:2510.22543',
  about: 'Right answers after a wrong step are worth nothing: learned at first, unlearned later.',
  needs: ['grader', 'prm'],
  differs: [
    'any judge of steps, of every rollout; the paper trains one that names the first wrong step',
    'a right answer that the judge fails at counts for nothing; the code takes it as flawless',
    'long answers cost nothing; the deviation is that of the group; rate for small models',
  ],
  options: {
    ...learning,
    penalty: { default: 1, help: 'what a wrong step costs a right answer, worth 1', min: 0 },
    clipLow: { default: 0.2, help: 'how far a ratio may fall in one update', min: 0, max: 1 },
    clipHigh: { default: 0.28, help: 'how far a ratio may rise in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({ outcome: credit.flawedOutcome(o) }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.clipped({ clipLow: o.clipLow, clipHigh: o.clipHigh }),
      passes: o,
    }),
})
