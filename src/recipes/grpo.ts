import { learning, method, passes, recipe } from '../recipe.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'grpo',
  paper: 'arXiv:2402.03300',
  about: "Outcomes in units of their group's spread; clipped, averaged rollout by rollout.",
  needs: ['grader'],
  differs: [
    'the reward is a graded answer; the paper has a reward model, trained on along the way',
    'the deviation is that of the group, and 1e-6 is added; the paper does not say which',
    'learning rate for small models, and 8 rollouts a problem; the paper has 1e-6 and 64',
  ],
  options: {
    ...learning,
    klCoef: { default: 0.04, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.sum(
        update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
        update.kl({ coefficient: o.klCoef, estimator: 'k3', reduction: 'sequence-mean' }),
      ),
      passes: o,
    }),
})
