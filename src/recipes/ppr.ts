import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { divergence } from '../rewards/divergence.ts'
import { renormed } from '../rewards/renormed.ts'
import { values } from '../rewards/values.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'ppr',
  paper: 'arXiv:2509.25598',
  about: 'PPO whose steps earn what a judge and the outcome agree on, nothing where they disagree.',
  needs: ['grader', 'prm'],
  beside: { critic: { about: 'expects what steps earn', classes: 1 } },
  differs: [
    'the judge is that of the run; the paper has a model that scores turns by principles it is told',
    'turns are steps, also where an environment replies; GAE with lambda 0.95, the paper says none',
    'rates for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    klCoef: { default: 1e-3, help: 'weight of the KL in the reward; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a ratio, or a value, may move in one iteration', min: 0 },
    lambda: { default: 0.95, help: 'of GAE: 1 waits for what comes, 0 asks the critic', max: 1 },
    criticRate: { default: 3e-4, help: 'step size of AdamW for the critic', min: 0 },
    ...passes,
  },
  build: ({ clip, ...o }, { sample, grade, scoreSteps, reference, model }) => {
    const judged = both(renormed(grade, scoreSteps), divergence(reference, o.klCoef))
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(judged, values(model('critic'))),
      credit: credit.streams({ returns: credit.lambdaSteps(o), values: credit.stepValues() }),
      advantages: advantages.overValues({ whiten: 'verl' }),
      loss: update.clipped({ clip }),
      passes: o,
      also: [update.critic(model('critic'), { learningRate: o.criticRate, clip })],
    })
  },
})
