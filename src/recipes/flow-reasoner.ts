import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { talkedParts } from '../rewards/talked.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'flow-reasoner',
  paper: 'arXiv:2504.15257',
  about: 'GRPO on programs that are run: tests that pass, less a little for each statement.',
  needs: ['grader', 'environment'],
  differs: [
    'a program of JavaScript, mended with --environment mended; the paper has one that calls models',
    'the weights of the terms are open in the paper; none for diversity',
    'a statement is what semicolons and lines part; the paper counts operators and edges',
    'learning rate for small models, 8 rollouts a problem, no distillation before',
  ],
  options: {
    ...learning,
    whole: { default: 1, help: 'more where all tests pass', min: 0 },
    complexity: { default: 0.02, help: 'what a statement costs', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ whole, complexity, ...o }, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, talkedParts(['passed', 'statements'])),
      credit: credit.streams({
        reward: credit.weightedParts({ passed: 1, statements: -complexity }, { outcome: whole }),
      }),
      advantages: advantages.combine({
        reward: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
