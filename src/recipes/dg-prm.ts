import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'dg-prm',
  paper: 'arXiv:2507.17849',
  about: 'Rollouts that none beats in every criterion against those that they beat in all.',
  needs: ['grader', 'prm'],
  differs: [
    'rollouts are compared by outcome, mean step and worst; the tree of criteria is of the judge',
    'pairs of rollouts are a reward; pairs of steps are learned by the judge before the run',
    'learning rate for small models, no KL, 8 rollouts a problem',
  ],
  options: {
    ...learning,
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({ outcome: credit.dominance() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
