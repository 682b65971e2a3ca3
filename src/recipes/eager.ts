import { learning, method, passes, recipe } from '../recipe.ts'
import { facets } from '../rewards/facets.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'eager',
  paper: 'arXiv:2206.09674',
  about: 'Steps that find a number of the worked solution pay once; right answers give it back.',
  needs: ['grader', 'solutions'],
  differs: [
    'questions are the last numbers of solution steps; the paper masks words of a spoken goal',
    'a number in a step answers one; the paper has a model that answers, and pays as it is sure',
    'sums to come against the mean of the others; the paper has PPO in a world of grids',
    'a right answer pays 1 and a bonus 0.1; the paper has 20; rate for small models',
  ],
  options: {
    ...learning,
    bonus: { default: 0.1, help: 'of a question that is answered for the first time', min: 0 },
    discount: { default: 0.99, help: 'of a reward one step later', min: 0.01, max: 1 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: facets(grade, { ...o, right: 1 }),
      credit: credit.streams({ process: credit.sum(o) }),
      advantages: advantages.combine({
        process: { baseline: advantages.leaveOneOut(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    }),
})
