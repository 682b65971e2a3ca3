import { learning, method, recipe } from '../recipe.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'self-challenging',
  paper: 'arXiv:2506.01716',
  about: 'REINFORCE of 0 and 1: what passes the checks of a task is imitated, the rest ignored.',
  needs: ['grader'],
  differs: [
    'tasks are those that minform write tasks has a model write before the run, after it tried code',
    'tools are functions of JavaScript, called by words (--environment tools); the paper has Python',
    'what passes is learned at once, in every iteration; the paper collects 12,000 rollouts first',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: learning,
  build: ({ groupSize }, { sample, grade }) =>
    method({
      rollouts: sample(groupSize),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.none(), weight: 1 } }),
      loss: update.reinforce(),
    }),
})
