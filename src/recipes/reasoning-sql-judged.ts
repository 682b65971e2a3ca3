import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { nearness } from '../rewards/nearness.ts'
import { talkedParts } from '../rewards/talked.ts'
import { advantages, credit, update } from '../stages.ts'

const parts = ['runs', 'schema', 'bigrams', 'format'] as const
const all = [...parts, 'near'] as const

export default recipe({
  name: 'reasoning-sql-judged',
  paper: 'arXiv:2503.23157',
  about: 'As reasoning-sql; a chat model says how near a wrong query is to what was asked.',
  needs: ['grader', 'environment', 'chat'],
  differs: [
    'right queries have the whole term of the judge, so that none is below a wrong one',
    'rows are compared as often as they come, in order where the known query orders them',
    'schema and bigrams are read from words, by a lexer; the paper does not say how it parses',
    'no KL; learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    execution: { default: 3, help: 'reward of the same rows', min: 0 },
    judge: { default: 2, help: 'reward of a right query, and of a wrong one its share', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ execution, judge: weight, ...o }, { sample, grade, ask }, { seed, iteration }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: nearness(both(grade, talkedParts(parts)), ask, { weight, seed: seed + iteration }),
      credit: credit.streams({ outcome: credit.shapedOutcome(all, { right: execution }) }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
