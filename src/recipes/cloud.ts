import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { critiqued } from '../rewards/critiqued.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'cloud',
  paper: 'arXiv:2408.11791',
  about: 'GRPO on the mean mark of several critiques that a chat model writes of each answer.',
  needs: ['chat'],
  differs: [
    'a critique ends with its mark; the paper reads it from a head that is trained with critiques',
    'the paper ranks answers by its reward model, and trains no policy by it',
    'a mark of 1 is worth 0 and one of 10 is worth 1; rate for small models, 8 rollouts',
  ],
  options: {
    ...learning,
    critiques: { default: 2, help: 'of each rollout, sampled anew', min: 1, integer: true },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, ask }, { seed, iteration }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, critiqued(ask, { ...o, seed: seed + iteration })),
      credit: credit.streams({ critique: credit.part('critique') }),
      advantages: advantages.combine({ critique: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
