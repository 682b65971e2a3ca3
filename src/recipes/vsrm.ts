import { hashSeed } from '../numbers/random.ts'
import { learning, method, passes, recipe } from '../recipe.ts'
import { chances } from '../rewards/chances.ts'
import { lookAhead } from '../rewards/look-ahead.ts'
import { goingOn } from '../rollouts/go-on.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'vsrm',
  paper: 'arXiv:2508.10293',
  about: 'Outcomes, and how each step changes the share of ways on from it that come out right.',
  needs: ['grader'],
  differs: [
    'steps of the run; the code cuts at words such as Wait, first behind 1000 characters, then 400',
    'ways go on freely from a step; the code closes its thinking first, and samples at 0.6',
    'the reward is at the end of a step, as in the paper; the code has it where the step begins',
    'REINFORCE++, with the KL in the loss; the paper has PPO as well, and the code runs that',
    'no reward of the form; rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    continuations: { default: 5, help: 'ways on from each step', min: 1, integer: true },
    discount: { default: 0.7, help: 'of a gain, for each step it is away', min: 0, max: 1 },
    window: { default: 4, help: 'steps that are looked ahead', min: 0, integer: true },
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    ...passes,
  },
  build: ({ continuations: n, klCoef, ...o }, { sample, grade, sampler }, now) => {
    const seed = hashSeed(now.seed, 'vsrm', now.iteration)
    const alike = { baseline: advantages.none(), weight: 1 }
    return method({
      rollouts: sample(o.groupSize),
      rewards: lookAhead(chances(grade, { goOn: goingOn(sampler), n, seed }), o),
      credit: credit.streams({ process: credit.sum(), outcome: credit.outcome() }),
      advantages: advantages.combine({ process: alike, outcome: alike }, { whiten: 'verl' }),
      loss: update.sum(update.clipped(), update.kl({ coefficient: klCoef })),
      passes: o,
    })
  },
})
