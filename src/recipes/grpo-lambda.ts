import { learning, method, passes, recipe } from '../recipe.ts'
import { brevity } from '../rewards/brevity.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'grpo-lambda',
  paper: 'arXiv:2505.18086',
  about: 'GRPO that asks for short answers only of the problems that are solved best.',
  needs: ['grader'],
  differs: [
    'the paper does not say how much length costs at most; 0.2 of a right answer here',
    'the deviation is that of the group, and 1e-6 is added; no KL',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    share: { default: 0.2, help: 'of problems whose answers are to be short', min: 0, max: 1 },
    penalty: { default: 0.2, help: 'what the longest right answers lose', min: 0, max: 1 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: brevity(grade, o),
      credit: credit.streams({ outcome: credit.shapedOutcome(['brevity']) }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
