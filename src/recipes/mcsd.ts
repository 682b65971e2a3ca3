import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { compared } from '../rewards/compared.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'mcsd',
  paper: 'arXiv:2410.05656',
  about: 'A chat model compares answers in pairs; what it prefers is the reward of each.',
  needs: ['chat'],
  differs: [
    'each group has strengths of its own; the paper fits one reward model to all comparisons',
    'answers are compared, not observations of a game or a robot; the policy learns by GRPO',
    'a small pull of strengths towards 0, so that an answer that always wins has one',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    opponents: { default: 2, help: 'neighbours that each is compared with', min: 1, integer: true },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ opponents, ...o }, { sample, grade, ask }, { seed, iteration }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, compared(ask, { opponents, seed: seed + iteration })),
      credit: credit.streams({ strength: credit.part('strength') }),
      advantages: advantages.combine({ strength: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
