import { learning, method, passes, recipe } from '../recipe.ts'
import { mixed } from '../rewards/mixed.ts'
import { advantages, credit, update } from '../stages.ts'

const groupMean = { outcome: { baseline: advantages.groupMean(), weight: 1 } }

export default recipe({
  name: 'brorl',
  paper: 'arXiv:2510.01180',
  about: 'Many rollouts of each problem, so that what was not sampled loses no probability.',
  needs: ['grader'],
  differs: [
    '32 rollouts a problem, for one machine; the paper goes from 16 to 512',
    'even groups are left out, and no others are sampled in their place; no reset of a reference',
    'the step size is given, not scaled by the root of the number of rollouts',
  ],
  options: {
    ...learning,
    groupSize: { ...learning.groupSize, default: 32 },
    clipLow: { default: 0.2, help: 'how far a ratio may fall in one update', min: 0, max: 1 },
    clipHigh: { default: 0.28, help: 'how far a ratio may rise in one update', min: 0 },
    importance: { default: 2, help: 'the most that a token weighs for its sampler', min: 0.01 },
    ...passes,
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: grade,
      select: mixed,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.batchNorm(advantages.combine(groupMean)),
      loss: update.truncated(update.clipped({ clipLow: o.clipLow, clipHigh: o.clipHigh }), {
        limit: o.importance,
      }),
      passes: o,
    }),
})
