import { learning, method, passes, recipe } from '../recipe.ts'
import { redistributed, type Worth } from '../rewards/redistributed.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'lare',
  paper: 'arXiv:2412.11120',
  about:
    'Steps earn what a small network makes of their factors, which learns to add up to outcomes.',
  needs: ['grader'],
  differs: [
    'factors are how sure and how long a step is, its numbers, its box; in the paper a chat model codes them',
    'the network learns from the rollouts of the iteration; the paper has a buffer of episodes',
    "a step's slope is divided by the steps of its rollout, so that long ones do not run away",
    'sums to come of steps less the mean of all steps; the paper has PPO, TD3 and SAC, in games',
  ],
  options: {
    ...learning,
    worthRate: { default: 0.05, help: 'step size of the network', min: 0 },
    worthPasses: { default: 40, help: 'its steps in an iteration', min: 1, integer: true },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }, { memory, seed }) => {
    const [worth, rate] = [memory as Worth | null, o.worthRate]
    const found = redistributed(grade, { worth, seed, rate, passes: o.worthPasses })
    return method({
      rollouts: sample(o.groupSize),
      rewards: found.scorer,
      credit: credit.streams({ process: credit.sum({ discount: 0 }) }),
      advantages: advantages.combine({
        process: { baseline: advantages.stepNorm({ toCome: true }), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
      remember: found.next,
    })
  },
})
