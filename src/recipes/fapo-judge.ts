import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { namedError } from '../rewards/named-error.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'fapo-judge',
  paper: 'arXiv:2510.22543',
  about:
    'A judge learns to name the first wrong step, and near misses count for more than far ones.',
  needs: ['grader'],
  differs: [
    'problems are solutions: prm convert --to judging makes them of labelled ones, or a task does',
    'the deviation is that of the group; rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    clipLow: { default: 0.2, help: 'how far a ratio may fall in one update', min: 0, max: 1 },
    clipHigh: { default: 0.28, help: 'how far a ratio may rise in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, namedError()),
      credit: credit.streams({ error: credit.nearMisses() }),
      advantages: advantages.combine({ error: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clipLow: o.clipLow, clipHigh: o.clipHigh }),
      passes: o,
    }),
})
