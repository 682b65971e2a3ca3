import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

const baseline = advantages.leaveOneOut()

export default recipe({
  name: 'barfi',
  paper: 'arXiv:2310.19007',
  about: 'Outcomes and a judge, whose weights are learned: up where it helps outcomes, else down.',
  needs: ['grader', 'prm'],
  differs: [
    'a state is the beginning, middle or end of a rollout; weights within 2, that of outcomes is 1',
    "the policy that is climbed is free at each rollout of a group; the paper has the network's",
    'what earlier policies showed counts by its slopes, not anew; rate for small models, 8 rollouts',
  ],
  options: {
    ...learning,
    first: { default: 0.5, help: 'weight of the judge at the start' },
    weightRate: { default: 0.5, help: 'step size of the weights and the discount', min: 0 },
    window: { default: 4, help: 'iterations that the slopes are of', min: 1, integer: true },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ first, weightRate: rate, ...o }, { sample, grade, scoreSteps }, { memory }) => {
    const blend = credit.blendOf(memory, first)
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({ outcome: credit.outcome(), quality: credit.blended(blend) }),
      advantages: advantages.combine({
        outcome: { baseline, weight: 1 },
        quality: { baseline, weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
      remember: credit.nextBlend(blend, { rate, window: o.window }),
    })
  },
})
