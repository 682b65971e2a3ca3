import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'capo',
  paper: 'arXiv:2508.02298',
  about: 'Outcomes, less something on the tokens of steps that a judge of steps calls wrong.',
  needs: ['grader', 'prm'],
  differs: [
    'any judge of steps; the paper has a chat model and votes: --judge, --votes 4 and --vote',
    'tokens are in units of the deviation of all of the group; the paper does not say which',
    'learning rate for small models, and 8 rollouts a problem; the paper has 16',
  ],
  options: {
    ...learning,
    whole: { default: 2, help: 'what a right answer is worth', min: 0 },
    process: { default: 1, help: 'what a token of a wrong step costs', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({ tokens: credit.flaggedSteps(o) }),
      advantages: advantages.combine({
        tokens: { baseline: advantages.tokenNorm(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    }),
})
