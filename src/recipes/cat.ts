import { learning, method, passes, recipe } from '../recipe.ts'
import { agreement, synthesis } from '../rewards/agreement.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'cat',
  paper: 'arXiv:2509.14234',
  about: 'GRPO on agreeing with an answer that a chat model makes of all answers of a group.',
  needs: ['chat'],
  differs: [
    'the chat model of the run makes it; the paper has the first policy, which --chat policy is not',
    'answers in boxes alone; the paper has rubrics that the model writes for what has none',
    'the deviation is that of the group; rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, ask }, { seed, iteration }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, agreement(synthesis(ask, seed + iteration))),
      credit: credit.streams({ agrees: credit.part('agrees') }),
      advantages: advantages.combine({ agrees: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
      passes: o,
    }),
})
