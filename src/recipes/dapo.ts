import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { mixed } from '../rewards/mixed.ts'
import { softOverlong } from '../rewards/soft-overlong.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'dapo',
  paper: 'arXiv:2503.14476',
  about: 'GRPO that clips ratios less above than below, counts tokens alike and skips even groups.',
  needs: ['grader'],
  differs: [
    'groups whose outcomes are all equal are left out, and no others are sampled in their place',
    'the deviation is that of the group, and 1e-6 is added; the paper does not say which',
    'learning rate for small models, 8 rollouts and 1 step; the paper has 1e-6, 16 and 16',
  ],
  options: {
    ...learning,
    clipLow: { default: 0.2, help: 'how far a ratio may fall in one update', min: 0, max: 1 },
    clipHigh: { default: 0.28, help: 'how far a ratio may rise in one update', min: 0 },
    overlong: { default: 0.2, help: 'last share of maxTokens that is punished', min: 0, max: 1 },
    ...passes,
  },
  build: (o, { sample, grade, maxTokens }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, softOverlong({ maxTokens, share: o.overlong })),
      select: mixed,
      credit: credit.streams({
        outcome: credit.shapedOutcome(['overlong'], { right: 1, wrong: -1 }),
      }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.clipped({ clipLow: o.clipLow, clipHigh: o.clipHigh, reduction: 'token-mean' }),
      passes: o,
    }),
})
