import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { divergence } from '../rewards/divergence.ts'
import { labelledSteps } from '../rewards/labelled-steps.ts'
import { values } from '../rewards/values.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'gui-shepherd',
  paper: 'arXiv:2509.23738',
  about: 'PPO whose steps earn 1 or -1 by the label that a judge gives each.',
  needs: ['prm'],
  beside: { critic: { about: 'expects what steps earn', classes: 1 } },
  differs: [
    'steps of text and a judge of them; the paper has screenshots, and a model that names labels',
    'the outcome counts nothing at the default; GAE with lambda 0.95; the paper says neither',
    'rates for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    outcomeWeight: { default: 0, help: 'of the outcome beside the steps; 0: not asked', min: 0 },
    klCoef: { default: 1e-3, help: 'weight of the KL in the reward; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a ratio, or a value, may move in one iteration', min: 0 },
    lambda: { default: 0.95, help: 'of GAE: 1 waits for what comes, 0 asks the critic', max: 1 },
    criticRate: { default: 3e-4, help: 'step size of AdamW for the critic', min: 0 },
    ...passes,
  },
  build: ({ clip, ...o }, { sample, grade, scoreSteps, reference, model }) => {
    const judged = both(both(grade, labelledSteps(scoreSteps)), divergence(reference, o.klCoef))
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(judged, values(model('critic'))),
      credit: credit.streams({ returns: credit.lambdaSteps(o), values: credit.stepValues(o) }),
      advantages: advantages.overValues({ whiten: 'verl' }),
      loss: update.clipped({ clip }),
      passes: o,
      also: [update.critic(model('critic'), { learningRate: o.criticRate, clip })],
    })
  },
})
