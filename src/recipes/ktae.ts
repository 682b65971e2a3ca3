import { learning, method, passes, recipe } from '../recipe.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'ktae',
  paper: 'arXiv:2505.16826',
  about: 'GRPO, and for each token how far its use in the group goes with right answers.',
  needs: ['grader'],
  differs: [
    'the deviation is that of the group, and 1e-6 is added; the code has that of a sample',
    'learning rate for small models, 8 rollouts a problem; the paper has 1e-6 and 16',
  ],
  options: {
    ...learning,
    strength: { default: 1, help: "of a token's own value, at most", min: 0 },
    frequency: { default: true, help: 'how often a token is used counts, too' },
    clipLow: { default: 0.2, help: 'how far a ratio may fall in one update', min: 0, max: 1 },
    clipHigh: { default: 0.24, help: 'how far a ratio may rise in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, sampler }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.keyTokens(
        advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
        { ...o, except: sampler.stopIds },
      ),
      loss: update.clipped({ clipLow: o.clipLow, clipHigh: o.clipHigh }),
      passes: o,
    }),
})
