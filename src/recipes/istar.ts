import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { implicit } from '../rewards/implicit.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'istar',
  paper: 'arXiv:2509.19199',
  about: 'Outcomes, and each step by how a model that learns right rollouts changes its odds.',
  needs: ['grader'],
  beside: { judge: { about: 'tells right from wrong rollouts of a problem', classes: null } },
  differs: [
    'turns are steps; a ratio is that of a token, not of a step; deviations are those of the group',
    'all pairs of right and wrong rollouts teach the model, after it judged; rates for small models',
  ],
  options: {
    ...learning,
    alpha: { default: 1, help: 'weight of the steps beside the outcome', min: 0 },
    beta: { default: 0.05, help: 'weight of a log-ratio in a step reward', min: 0 },
    rewardRate: { default: 1e-4, help: 'step size of AdamW for the reward model', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ alpha, beta, ...o }, { sample, grade, policy, model }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(
        grade,
        implicit(model('judge'), async () => policy, beta),
      ),
      credit: credit.streams({ process: credit.stepSums(), outcome: credit.outcome() }),
      advantages: advantages.combine({
        process: { baseline: advantages.stepNorm(), weight: alpha },
        outcome: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
      also: [update.preferenceModel(model('judge'), { beta, rate: o.rewardRate })],
    }),
})
