import { learning, method, passes, recipe } from '../recipe.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'rm-r1',
  paper: 'arXiv:2505.02387',
  about: 'GRPO of a judge that reasons before it says which of two answers is better.',
  needs: ['grader'],
  differs: [
    'verdicts are learned where problems are pairs, and a task or verifier reads the verdict',
    '0 and 1 for the rewards -1 and 1, which a group in units of its spread cannot tell apart',
    'learning rate for small models, 8 rollouts a problem; the paper has 1e-6 and 7',
  ],
  options: {
    ...learning,
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
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
        update.clipped({ clip: o.clip }),
        update.kl({ coefficient: o.klCoef, estimator: 'k3' }),
      ),
      passes: o,
    }),
})
