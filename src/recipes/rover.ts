import { learning, method, passes, recipe } from '../recipe.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'rover',
  paper: 'arXiv:2509.24981',
  about:
    'Log-ratios regressed to outcomes and to their mean over all next tokens; nothing is clipped.',
  needs: ['grader'],
  abilities: { meanLogprobs: 'its targets are means over the vocabulary' },
  differs: [
    'learning rate for small models; the paper has 1e-6, and samples at temperature 0.6',
    'the rewards are those less the mean of the group; the math code balances their shares, too',
  ],
  options: {
    ...learning,
    scale: { default: 1, help: 'of a log-ratio as a value (rho)', min: 0 },
    ...passes,
  },
  build: ({ scale, ...o }, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupMean(), weight: 1 },
      }),
      loss: update.policyValue({ scale }),
      passes: o,
    }),
})
