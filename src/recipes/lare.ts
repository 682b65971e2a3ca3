import { learning, method, passes, recipe } from '../recipe.ts'
import { redistributed, type Worth } from '../rewards/redistributed.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'lare',
  paper: 'arXiv:2412.11120',
  about:
    'Steps earn what a small network makes of their states, which learns to add up to outcomes.',
  needs: ['grader'],
  abilities: { hiddenStates: 'it tells from them what steps are worth' },
  differs: [
    'a step is told by its hidden state; in the paper by numbers that a chat model writes code for',
    'the network learns from the rollouts of the iteration; the paper has a buffer of episodes',
    "a step's slope is divided by the steps of its rollout, so that long ones do not run away",
    'sums to come against the mean of the others; the paper has PPO, TD3 and SAC, in games',
  ],
  options: {
    ...learning,
    worthRate: { default: 0.05, help: 'step size of the network', min: 0 },
    worthPasses: { default: 8, help: 'its steps in an iteration', min: 1, integer: true },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, policy }, { memory, seed }) => {
    const [worth, rate] = [memory as Worth | null, o.worthRate]
    const found = redistributed(grade, policy, { worth, seed, rate, passes: o.worthPasses })
    return method({
      rollouts: sample(o.groupSize),
      rewards: found.scorer,
      credit: credit.streams({ process: credit.sum() }),
      advantages: advantages.combine({
        process: { baseline: advantages.leaveOneOut(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
      remember: found.next,
    })
  },
})
