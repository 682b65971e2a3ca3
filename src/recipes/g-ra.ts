import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'g-ra',
  paper: 'arXiv:2508.10548',
  about: 'How far an answer came, and the rewards of its steps only where it came far enough.',
  needs: ['grader', 'prm'],
  differs: [
    'answers in boxes, none, empty, wrong or right, worth -1, -0.5, 0 and 1; the paper has patches',
    'steps are judged; the paper counts the form and the choice of tool calls',
    'all is against the mean of the others; rate for small models, 8 rollouts a problem',
  ],
  options: {
    ...learning,
    gate: { default: 0, help: 'the outcome from which steps count; -2: always, 2: never' },
    stepWeight: { default: 0.2, help: "of a step's reward, -1 to 1", min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ stepWeight: weight, ...o }, { sample, grade, scoreSteps }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({ total: credit.gatedSteps({ gate: o.gate, weight }) }),
      advantages: advantages.combine({ total: { baseline: advantages.leaveOneOut(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    }),
})
