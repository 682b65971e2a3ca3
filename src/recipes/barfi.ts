import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { stepMean } from '../rewards/step-mean.ts'
import { advantages, credit, update } from '../stages.ts'

const [quality, baseline] = [credit.part('quality'), advantages.groupMean()]

export default recipe({
  name: 'barfi',
  paper: 'arXiv:2310.19007',
  about: 'Outcomes and a judge, whose weight is learned: up where it helps outcomes, else down.',
  needs: ['grader', 'prm'],
  differs: [
    'one inner step, the identity for the Hessian; weights by no state, within 2; gamma is not learned',
    'the weight of outcomes is 1; the auxiliary reward is the mean score of the steps',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    first: { default: 0.5, help: 'weight of the judge at the start' },
    weightRate: { default: 0.5, help: 'step size of the weight', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ first, weightRate: rate, ...o }, { sample, grade, scoreSteps }, { memory }) => {
    const weights = advantages.auxiliaryWeights(['quality'], memory, first)
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, stepMean(scoreSteps)),
      credit: credit.streams({ outcome: credit.outcome(), quality }),
      advantages: advantages.combine({
        outcome: { baseline, weight: 1 },
        quality: { baseline, weight: weights.quality },
      }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
      remember: advantages.outcomeSlopes(weights, { rate }),
    })
  },
})
