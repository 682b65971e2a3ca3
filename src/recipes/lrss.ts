import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { divergence } from '../rewards/divergence.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'lrss',
  paper: 'arXiv:2311.05821',
  about: "A judge's chances of steps as one reward of the answer, or each at the end of its step.",
  needs: ['prm'],
  differs: [
    'no critic: the whole batch is whitened in its place; the paper has PPO with one',
    'the product is the default; the paper compares ways, and which won could not be read',
    'outcomes are graded to be watched, never learned from',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    placement: { default: 'product', choices: credit.placements, help: 'how steps are rewarded' },
    klCoef: { default: 1e-3, help: 'weight of the KL in the reward; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps, reference }) => {
    const part = { baseline: advantages.none(), weight: 1 }
    const placement = o.placement as (typeof credit.placements)[number]
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(both(grade, scoreSteps), divergence(reference, o.klCoef)),
      credit: credit.streams({
        process: credit.stepPlacement(placement),
        kl: credit.klToCome({ coefficient: o.klCoef }),
      }),
      advantages: advantages.combine({ process: part, kl: part }, { whiten: 'verl' }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    })
  },
})
