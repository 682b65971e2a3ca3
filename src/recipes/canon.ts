import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { meanEntropy } from '../rewards/mean-entropy.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'canon',
  paper: 'arXiv:2509.23962',
  about:
    'Outcomes of surer rollouts against those of less sure ones: each half of a group by the other.',
  needs: ['grader'],
  abilities: { entropies: 'groups are split by them' },
  differs: [
    'the share between the halves stays as it is; the paper also lets it fall, or go up and down',
    'learning rate for small models, and 8 rollouts a problem; the paper has 1e-6 and 16',
  ],
  options: {
    ...learning,
    between: { default: 1, help: 'share of the comparison between halves', min: 0, max: 1 },
    alpha: { default: 1, help: 'below 1 the less sure half gains', min: 0, max: 1 },
    clipLow: { default: 0.2, help: 'how far a ratio may fall in one update', min: 0, max: 1 },
    clipHigh: { default: 0.28, help: 'how far a ratio may rise in one update', min: 0 },
    ...passes,
  },
  build: ({ clipLow, clipHigh, ...o }, { sample, grade, sampler, maxTokens }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, meanEntropy(sampler.engine)),
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.halves({ ...o, by: 'entropy', favour: 'high' }),
      loss: update.clipped({ clipLow, clipHigh, reduction: { maxTokens } }),
      passes: o,
    }),
})
