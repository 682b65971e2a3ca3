import { learning, method, passes, recipe } from '../recipe.ts'
import { mixed } from '../rewards/mixed.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'self-challenging-pairs',
  paper: 'arXiv:2506.01716',
  about: 'Preferences: what passes the checks of a task over what fails one.',
  needs: ['grader'],
  differs: [
    'tasks are those that minform write tasks has a model write before the run, after it tried code',
    'pairs are all of a group, learned once by the policy that sampled them; the paper collects first',
    'tools are functions of JavaScript, called by words (--environment tools); the paper has Python',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    beta: { default: 0.1, help: 'of the preference: how far the policy may move', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: grade,
      select: mixed,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupMean(), weight: 1 } }),
      loss: update.preference({ beta: o.beta }),
      passes: o,
    }),
})
