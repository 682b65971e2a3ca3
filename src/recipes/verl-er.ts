import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { rankDynamics } from '../rewards/rank-dynamics.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'verl-er',
  paper: 'arXiv:2509.23808',
  about:
    'GRPO with more for rollouts whose hidden states spread over more, or growing, directions.',
  needs: ['grader'],
  abilities: { hiddenStates: 'its bonus is for how they spread' },
  differs: [
    'ranks are read every 8 tokens, as answers are short here; the code has 40',
    'the bonus does not shrink as scores rise; the code has that as a choice',
    'hidden states after the last norm; the deviation is that of the group; rate for small models',
  ],
  options: {
    ...learning,
    kappa: { default: 2, help: 'the bonus is at most 1 / kappa of the advantage', min: 1 },
    stride: { default: 8, help: 'tokens between two looks at the rank', min: 1, integer: true },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, policy }, { memory }) => {
    const usual = memory as Parameters<typeof advantages.boundedBonus>[1]['usual']
    const normal = advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } })
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, rankDynamics(policy, o)),
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.boundedBonus(normal, { usual, kappa: o.kappa }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
      remember: advantages.usualRanks(usual),
    })
  },
})
