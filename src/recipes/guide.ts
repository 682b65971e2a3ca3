import { learning, method, passes, recipe } from '../recipe.ts'
import { hinted } from '../rollouts/hinted.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'guide',
  paper: 'arXiv:2506.13923',
  about: 'GRPO that samples again with a hint where no rollout is right, and learns it without.',
  needs: ['grader', 'solutions'],
  differs: [
    'a hint is the first steps of the worked solution; the paper has a stronger model write it',
    'plain and hinted rollouts are one group; the paper may compare hinted ones alone',
    'learning rate for small models, no KL, 8 rollouts a problem',
  ],
  options: {
    ...learning,
    hintSteps: { default: 1, help: 'steps of the solution in a hint', min: 1, integer: true },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  rollouts: ({ groupSize }) => 2 * groupSize,
  build: ({ groupSize, hintSteps: steps, ...o }, { sample, grade, render, sampler }) =>
    method({
      rollouts: hinted(sample(groupSize), { grade, render, sampler, steps }),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
