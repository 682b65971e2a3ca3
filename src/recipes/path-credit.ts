import { learning, method, passes, recipe } from '../recipe.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'path-credit',
  paper: 'arXiv:2507.14201',
  about: 'GRPO that pays a wrong answer for the steps of the worked solution that it holds.',
  needs: ['grader', 'solutions'],
  differs: [
    'the path is a worked solution; the paper has one through a graph of alerts, and SQL',
    'a step is there where its text is; the paper asks a chat model',
    'the paper measures agents by this score and does not train by it',
  ],
  options: {
    ...learning,
    discount: { default: 0.4, help: 'of a step for each one to the end', min: 0, max: 1 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: grade,
      credit: credit.streams({ path: credit.pathCredit(o) }),
      advantages: advantages.combine({ path: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
