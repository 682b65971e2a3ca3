import { learning, method, passes, recipe } from '../recipe.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'dr-grpo',
  paper: 'arXiv:2503.20783',
  about:
    'Outcomes less the mean of their group, each token weighing the same however long the answer.',
  needs: ['grader'],
  differs: ['learning rate for small models; the paper has 1e-6'],
  options: {
    ...learning,
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, maxTokens }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupMean(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip, reduction: { maxTokens } }),
      passes: o,
    }),
})
