import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { divergence } from '../rewards/divergence.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'reinforce-plus-plus',
  paper: 'arXiv:2501.03262',
  about:
    'Outcomes less the KL still to come, normalised over the whole batch instead of the group.',
  needs: ['grader'],
  differs: ['learning rate for small models, and 8 rollouts a problem; the paper has 1 or more'],
  options: {
    ...learning,
    groupSize: { ...learning.groupSize, min: 1 },
    klCoef: { default: 1e-3, help: 'weight of the KL in the reward; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, reference }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, divergence(reference, o.klCoef)),
      credit: credit.streams({
        outcome: credit.outcome(),
        kl: credit.klToCome({ coefficient: o.klCoef }),
      }),
      advantages: advantages.combine(
        {
          outcome: { baseline: advantages.none(), weight: 1 },
          kl: { baseline: advantages.none(), weight: 1 },
        },
        { whiten: 'verl' },
      ),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    }),
})
