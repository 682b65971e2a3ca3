import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { expected } from '../rewards/expected.ts'
import { calibrated } from '../rewards/reasoning-patterns.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'rpr',
  paper: 'arXiv:2505.22653',
  about: 'A judge that is wrong about some problems, and a little for wrong answers that reason.',
  needs: ['grader'],
  beside: { critic: { about: 'expects the reward of each token', classes: 1 } },
  differs: [
    'a fifth of problems is judged wrongly, not 40 %: a small batch averages less of it out',
    'which problems are judged the wrong way round changes from one iteration to the next',
    'some forty phrases of planning, checking and cause; the list of the code is another',
    'rates for small models, whose texts have few of those phrases; 8 rollouts a problem, not 4',
  ],
  options: {
    ...learning,
    flip: { default: 0.2, help: 'chance that a problem is judged wrongly', min: 0, max: 1 },
    patterns: { default: 0.1, help: 'what phrases of reasoning are worth in all', min: 0, max: 1 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    criticRate: { default: 3e-4, help: 'step size of AdamW for the critic', min: 0 },
    ...passes,
  },
  build: ({ flip, clip, ...o }, { sample, grade, reference, model }, { seed, iteration }) => {
    const noisy = credit.noisyPart('calibrated', { flip, seed: seed + iteration })
    return method({
      ...{ rollouts: sample(o.groupSize), passes: o, loss: update.clipped({ clip }) },
      rewards: both(calibrated(grade, o.patterns), expected(model('critic'), reference)),
      credit: credit.overCritic(noisy),
      advantages: advantages.overValues({ whiten: 'verl' }),
      also: [update.critic(model('critic'), { learningRate: o.criticRate, clip })],
    })
  },
})
