import { learning, method, passes, recipe } from '../recipe.ts'
import { mixed } from '../rewards/mixed.ts'
import { renewed } from '../rollouts/renewed.ts'
import { advantages, credit, update } from '../stages.ts'

const groupMean = { outcome: { baseline: advantages.groupMean(), weight: 1 } }

export default recipe({
  name: 'brorl',
  paper: 'arXiv:2510.01180',
  about: 'Many rollouts of each problem, so that what was not sampled loses no probability.',
  needs: ['grader'],
  beside: { anchor: { about: 'the policy as it was when last looked at', classes: null } },
  abilities: { blends: 'what the KL is taken to follows the policy, now and then' },
  differs: [
    '32 rollouts a problem, for one machine; the paper goes from 16 to 512',
    'even groups are left out, none in their place; the step size is given, not scaled by a root',
    'the reference is the policy again every 50 iterations: the paper does not say when',
  ],
  options: {
    ...{ ...learning, ...passes },
    groupSize: { ...learning.groupSize, default: 32 },
    clipLow: { default: 0.2, help: 'how far a ratio may fall in one update', min: 0, max: 1 },
    clipHigh: { default: 0.28, help: 'how far a ratio may rise in one update', min: 0 },
    importance: { default: 2, help: 'the most that a token weighs for its sampler', min: 0.01 },
    klCoef: { default: 1e-4, help: 'weight of the KL in the loss', min: 0 },
    every: { default: 50, help: 'iterations between resets', min: 1, integer: true },
  },
  build: (o, { sample, grade, model, policy }, now) => {
    const anchor = model('anchor')
    const clipped = update.truncated(update.clipped(o), { limit: o.importance })
    return method({
      ...{ passes: o, reference: anchor, rewards: grade, select: mixed },
      rollouts: renewed(sample(o.groupSize), { anchor, policy, ...o }, now),
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.batchNorm(advantages.combine(groupMean)),
      loss: update.sum(clipped, update.kl({ coefficient: o.klCoef, estimator: 'k2' })),
    })
  },
})
