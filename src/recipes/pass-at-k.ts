import { learning, method, passes, recipe } from '../recipe.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'pass-at-k',
  paper: 'arXiv:2508.10751',
  about: 'What a rollout adds to the best of k, over all subsets of its group: explores more.',
  needs: ['grader'],
  differs: [
    'k is 2 of 8 rollouts, as groups are small; the paper has 4 and more, of 32',
    'no KL; learning rate for small models',
  ],
  options: {
    ...learning,
    k: { default: 2, help: 'rollouts of which the best one counts', min: 1, integer: true },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.passAtK(o.k), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
