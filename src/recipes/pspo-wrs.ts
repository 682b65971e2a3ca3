import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

const priors: credit.LengthPrior[] = ['weibull', 'growth']

export default recipe({
  name: 'pspo-wrs',
  paper: 'arXiv:2411.11681',
  about: 'One reward of a rollout: the geometric mean of its steps, by how welcome so many are.',
  needs: ['prm'],
  differs: [
    'a baseline of the group, no critic: one reward a rollout needs none',
    'a judge of steps as it is; the paper trains one on pairs of neighbouring steps',
    'all weights learn at a rate for small models; the paper has LoRA',
    'growth is what the code has; it pays for more good steps without end, weibull does not',
  ],
  options: {
    ...learning,
    prior: { default: priors[0]!, help: 'how welcome so many steps are', choices: priors },
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({ steps: credit.geometricSteps(o) }),
      advantages: advantages.combine(
        { steps: { baseline: advantages.leaveOneOut(), weight: 1 } },
        { whiten: 'verl' },
      ),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
      passes: o,
    }),
})
