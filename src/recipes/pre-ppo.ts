import { learning, method, passes, recipe } from '../recipe.ts'
import { hardest } from '../rollouts/hardest.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'pre-ppo',
  paper: 'arXiv:2503.22230',
  about: 'The problems of each domain that the policy does worst at in a few rollouts before.',
  needs: ['grader'],
  differs: [
    'problems are found hard by the policy as it is, in each iteration; the paper asks it once',
    'the hardest are not merged with all others; the paper does not give the shares of a batch',
    'GRPO on what is chosen; learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    candidates: { default: 2, help: 'problems that one is chosen of', min: 1, integer: true },
    probes: { default: 2, help: 'rollouts that say how hard one is', min: 1, integer: true },
    domain: { default: 'domain', help: "name of the domain in a problem's row" },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ candidates, ...o }, { sample, grade }) =>
    method({
      problems: (draw, count) => Array.from({ length: candidates * count }, draw),
      rollouts: hardest({ sample, grade, share: 1 / candidates, ...o }),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
