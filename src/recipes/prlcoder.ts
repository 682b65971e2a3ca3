import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { divergence } from '../rewards/divergence.ts'
import { values } from '../rewards/values.ts'
import { advantages, credit, update } from '../stages.ts'

const { lambdaSteps, stepValues, streams } = credit

export default recipe({
  name: 'prlcoder',
  paper: 'arXiv:2502.01715',
  about: 'PPO whose rewards stand at the ends of lines, from a judge of lines, less the KL.',
  needs: ['prm'],
  beside: { critic: { about: 'expects what the lines to come earn', classes: 1 } },
  differs: [
    'a line is a step, and steps are parted by blank lines',
    'whitened advantages and clipped values; learning rate for small models',
  ],
  options: {
    ...learning,
    klCoef: { default: 1e-3, help: 'weight of the KL in the reward; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a ratio, or a value, may move in one iteration', min: 0 },
    lambda: { default: 0.95, help: 'of GAE: 1 waits for the end, 0 asks the critic', max: 1 },
    criticRate: { default: 3e-4, help: 'step size of AdamW for the critic', min: 0 },
    ...passes,
  },
  build: ({ klCoef, lambda, clip, ...o }, { sample, grade, scoreSteps, reference, model }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(
        both(grade, scoreSteps),
        both(divergence(reference, klCoef), values(model('critic'))),
      ),
      credit: streams({ returns: lambdaSteps({ lambda, klCoef }), values: stepValues() }),
      advantages: advantages.overValues({ whiten: 'verl' }),
      loss: update.clipped({ clip }),
      passes: o,
      also: [update.critic(model('critic'), { learningRate: o.criticRate, clip })],
    }),
})
