import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'lca',
  paper: 'arXiv:2502.03723',
  about: "Outcomes, and the judge's scores as a potential: what a step adds to where it began.",
  needs: ['grader', 'prm'],
  differs: [
    'one agent; the potential is the judge of steps (prm train --loss bradley-terry ranks states)',
    'returns to the end, so that the potential is a baseline of each step; the paper has PPO',
    'half a score is its potential, as scores go from -1 to 1 and outcomes from 0 to 1',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    shaping: { default: 0.5, help: 'how much a score of 1 stands for', min: 0 },
    discount: { default: 1, help: 'of a step later', min: 0, max: 1 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({ outcome: credit.outcome(), shaping: credit.potential(o) }),
      advantages: advantages.combine(
        {
          outcome: { baseline: advantages.groupMean(), weight: 1 },
          shaping: { baseline: advantages.none(), weight: o.shaping },
        },
        { whiten: 'verl' },
      ),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    }),
})
