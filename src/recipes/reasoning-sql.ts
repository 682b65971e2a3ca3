import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { talkedParts } from '../rewards/talked.ts'
import { advantages, credit, update } from '../stages.ts'

const parts = ['runs', 'schema', 'bigrams', 'format'] as const

export default recipe({
  name: 'reasoning-sql',
  paper: 'arXiv:2503.23157',
  about: 'GRPO on queries that are run, with partial rewards for what a wrong one has right.',
  needs: ['grader', 'environment'],
  differs: [
    'right queries have the whole term of a judge; reasoning-sql-judged asks one about wrong ones',
    'rows are compared as often as they come, in order where the known query orders them',
    'schema and bigrams are read from words, by a lexer; the paper does not say how it parses',
    'no KL; learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    execution: { default: 3, help: 'reward of the same rows', min: 0 },
    judge: { default: 2, help: 'more of the same, for the judge that agrees', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ execution, judge, ...o }, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, talkedParts(parts)),
      credit: credit.streams({
        outcome: credit.shapedOutcome(parts, { right: execution + judge }),
      }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
