import type { Quantiles } from '../advantages/risk.ts'
import { learning, method, passes, recipe } from '../recipe.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'riskpo',
  paper: 'arXiv:2510.00911',
  about:
    'Problems in bundles, of which those that go badly count most and those that go well little.',
  needs: ['grader'],
  differs: [
    'quantiles are tracked from batch to batch; the code seems to take those of each bundle',
    'a member of a bundle gets at most all of its worth; the code has no such limit',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    low: { default: 0.2, help: 'level of the lower quantile', min: 0.01, max: 0.99 },
    high: { default: 0.8, help: 'level of the upper one, above it', min: 0.01, max: 0.99 },
    bundle: { default: 5, help: 'problems of one bundle', min: 1, integer: true },
    tailWeight: { default: 1.5, help: 'of what lies below the lower quantile', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }, { memory }) => {
    const quantiles = memory as unknown as Quantiles | null
    return method({
      rollouts: sample(o.groupSize),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.risk(quantiles, o),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
      remember: advantages.trackedQuantiles(quantiles, o),
    })
  },
})
