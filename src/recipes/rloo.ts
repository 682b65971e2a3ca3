import { learning, method, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { divergence } from '../rewards/divergence.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'rloo',
  paper: 'arXiv:2402.14740',
  about: 'Outcomes less the KL of the rollout, against the mean of the others; plain REINFORCE.',
  needs: ['grader'],
  differs: [
    'the reward is a graded answer; the paper has a reward model of preferences',
    'the loss of a rollout is divided by maxTokens, which AdamW does not see; gradient clipping does',
    'learning rate for small models, and 8 rollouts a problem; the paper has 2 and 4',
  ],
  options: {
    ...learning,
    klCoef: { default: 0.03, help: 'weight of the KL in the reward; 0 needs no reference', min: 0 },
  },
  build: (o, { sample, grade, reference, maxTokens }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, divergence(reference, o.klCoef)),
      credit: credit.streams({
        outcome: credit.outcome(),
        kl: credit.klOfRollout({ coefficient: o.klCoef }),
      }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.leaveOneOut(), weight: 1 },
        kl: { baseline: advantages.leaveOneOut(), weight: 1 },
      }),
      loss: update.reinforce({ reduction: { maxTokens } }),
    }),
})
