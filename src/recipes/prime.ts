import { learning, method, recipe } from '../recipe.ts'
import { accuracyBand } from '../rewards/accuracy-band.ts'
import { both } from '../rewards/both.ts'
import { implicit } from '../rewards/implicit.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'prime',
  paper: 'arXiv:2502.01456',
  about: 'Process rewards by a copy of the policy that learns outcomes while the policy learns.',
  needs: ['grader'],
  beside: { judge: { about: 'tells outcomes, token by token', classes: null } },
  differs: ['the reward model learns after it judged; rates for small models; 8 rollouts, not 4'],
  options: {
    ...learning,
    beta: { default: 0.05, help: 'weight of a log-ratio in a process reward', min: 0 },
    rewardRate: { default: 1e-4, help: 'step size of AdamW for the reward model', min: 0 },
    low: { default: 0.2, help: 'share of a group that must be right', min: 0, max: 1 },
    high: { default: 0.8, help: 'share of a group that may be right', min: 0, max: 1 },
    scaled: { default: true, help: "the code's scale of token rewards, n / (n - 1)" },
    clip: { default: 0.2, help: 'how far a ratio may move in one update', min: 0 },
  },
  build: ({ beta, low, high, ...o }, { sample, grade, reference, model }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, implicit(model('judge'), reference, beta)),
      select: accuracyBand(low, high),
      credit: credit.streams({ process: credit.tokenSum(), outcome: credit.outcome() }),
      advantages: advantages.combine(
        {
          process: { baseline: advantages.perToken(o), weight: 1 },
          outcome: { baseline: advantages.leaveOneOut(), weight: 1 },
        },
        { whiten: 'verl' },
      ),
      loss: update.clipped({ clip: o.clip }),
      also: [update.rewardModel(model('judge'), { beta, rate: o.rewardRate, reference })],
    }),
})
