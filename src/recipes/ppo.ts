import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { divergence } from '../rewards/divergence.ts'
import { values } from '../rewards/values.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'ppo',
  paper: 'arXiv:1707.06347',
  about: 'Outcomes less the KL of each token, against what a critic expected before it.',
  needs: ['grader'],
  beside: { critic: { about: 'expects the outcome of each token', classes: 1 } },
  differs: [
    'a critic of its own, with its own step size; the discount is 1; what is cut off has ended',
    'KL in the reward, whitened advantages, clipped values: from later codes for language models',
  ],
  options: {
    ...learning,
    groupSize: { ...learning.groupSize, min: 1 },
    klCoef: { default: 1e-3, help: 'weight of the KL in the reward; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a ratio, or a value, may move in one iteration', min: 0 },
    lambda: { default: 0.95, help: 'of GAE: 1 waits for the outcome, 0 asks the critic', max: 1 },
    criticRate: { default: 3e-4, help: 'step size of AdamW for the critic', min: 0 },
    entropyCoef: { default: 0, help: 'weight of the entropy bonus' },
    ...passes,
  },
  build: ({ klCoef, lambda, clip, ...o }, { sample, grade, reference, model }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(both(grade, divergence(reference, klCoef)), values(model('critic'))),
      credit: credit.streams({
        returns: credit.lambdaReturns({ lambda, klCoef }),
        values: credit.values(),
      }),
      advantages: advantages.overValues({ whiten: 'verl' }),
      loss: update.sum(update.clipped({ clip }), update.entropy({ coefficient: o.entropyCoef })),
      passes: o,
      also: [update.critic(model('critic'), { learningRate: o.criticRate, clip })],
    }),
})
