import { learning, method, passes, recipe } from '../recipe.ts'
import { facets } from '../rewards/facets.ts'
import type { Answerer } from '../rewards/goal-answers.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'eager',
  paper: 'arXiv:2206.09674',
  about:
    'Steps that tell a model a masked word of the question pay once; right answers give it back.',
  needs: ['grader', 'solutions'],
  differs: [
    'who answers points at words by the places they stand in, learning on; the paper has a network',
    'it learns worked solutions, not those of a bot that errs; the goal is the question of a problem',
    'sums to come against the mean of the others; the paper has PPO in a world of grids',
    'a right answer pays 1 and a bonus 0.1; the paper has 20; rate for small models',
  ],
  options: {
    ...learning,
    bonus: { default: 0.1, help: 'of a question that is surely answered, once', min: 0 },
    discount: { default: 0.99, help: 'of a reward one step later', min: 0.01, max: 1 },
    updates: { default: 1000, help: 'lessons of who answers, an iteration', min: 0, integer: true },
    rate: { default: 0.1, help: 'step size of who answers', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }, { memory, seed, iteration }) => {
    const own = { answerer: memory as Answerer | null, seed: seed + iteration, right: 1 }
    const { scorer, next } = facets(grade, { ...o, ...own })
    return method({
      ...{ rollouts: sample(o.groupSize), rewards: scorer, passes: o, remember: next },
      credit: credit.streams({ process: credit.sum(o) }),
      advantages: advantages.combine({
        process: { baseline: advantages.leaveOneOut(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip }),
    })
  },
})
