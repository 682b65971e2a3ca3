import { learning, method, passes, recipe } from '../recipe.ts'
import { codedFactors, type LareMemory } from '../rewards/coded-factors.ts'
import { redistributed } from '../rewards/redistributed.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'lare-coded',
  paper: 'arXiv:2412.11120',
  about:
    'Steps earn what a network makes of factors that a chat model codes; they add up to outcomes.',
  needs: ['grader', 'chat'],
  differs: [
    'the code is proven on the rollouts of the first iteration; the paper has states of a random policy',
    'the network learns from the rollouts of the iteration; the paper has a buffer of episodes',
    "a step's slope is divided by the steps of its rollout, so that long ones do not run away",
    'sums to come of steps less the mean of all steps; the paper has PPO, TD3 and SAC, in games',
  ],
  options: {
    ...learning,
    drafts: { default: 5, help: 'of the code, that one is made of', min: 1, integer: true },
    tries: { default: 5, help: 'to make one that runs', min: 1, integer: true },
    worthRate: { default: 0.05, help: 'step size of the network', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ worthRate: rate, ...o }, { sample, grade, ask, run }, { memory, seed, iteration }) => {
    const { code, worth } = (memory ?? { code: null, worth: null }) as LareMemory
    const coded = codedFactors(ask, run, { ...o, code, seed: seed + iteration })
    const found = redistributed(grade, { worth, seed, rate, factors: coded.factors })
    return method({
      ...{ rollouts: sample(o.groupSize), rewards: found.scorer, passes: o },
      credit: credit.streams({ process: credit.sum({ discount: 0 }) }),
      advantages: advantages.combine({
        process: { baseline: advantages.stepNorm({ toCome: true }), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip }),
      remember: () => ({ code: coded.next(), worth: found.next() }),
    })
  },
})
