import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { stepMean } from '../rewards/step-mean.ts'
import { talkedParts } from '../rewards/talked.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'reward-agent',
  paper: 'arXiv:2502.19328',
  about: 'The score of a judge, and the share of the constraints of a problem that are kept.',
  needs: ['prm', 'environment'],
  differs: [
    'constraints and their checks come with problems, where write checks has put them',
    'the judge is the mean score of steps, from 0 to 1 as constraints are',
    'the paper ranks answers with it, and trains on pairs; here it is the reward of GRPO',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    judge: { default: 1, help: 'weight of the judge', min: 0 },
    constraints: { default: 1, help: 'weight of the share of constraints that hold', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ judge, constraints, ...o }, { sample, grade, scoreSteps }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, both(stepMean(scoreSteps), talkedParts(['held']))),
      credit: credit.streams({
        reward: credit.weightedParts({ quality: judge, held: constraints }),
      }),
      advantages: advantages.combine({
        reward: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
