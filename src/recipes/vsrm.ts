import { hashSeed } from '../numbers/random.ts'
import { learning, method, passes, recipe } from '../recipe.ts'
import { chances } from '../rewards/chances.ts'
import { lookAhead } from '../rewards/look-ahead.ts'
import { goingOn } from '../rollouts/go-on.ts'
import { connected, thoughts } from '../rollouts/recut.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'vsrm',
  paper: 'arXiv:2508.10293',
  about: 'Outcomes, and how each step changes the share of ways on from it that come out right.',
  needs: ['grader'],
  differs: [
    'steps and ways on are free; apart=400 and closing=</think> cut and close; the code is at 0.6',
    'the reward is at the end of a step, as in the paper; behind the last one it is the outcome',
    'REINFORCE++, KL in the loss, no PPO; no reward of form; rate for small models, 8 rollouts',
  ],
  options: {
    ...learning,
    ...thoughts,
    continuations: { default: 5, help: 'ways on from each step', min: 1, integer: true },
    discount: { default: 0.7, help: 'of a gain, for each step it is away', min: 0, max: 1 },
    window: { default: 4, help: 'steps that are looked ahead', min: 0, integer: true },
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    ...passes,
  },
  build: ({ continuations: n, ...o }, { sample, grade, sampler }, now) => {
    const seed = hashSeed(now.seed, 'vsrm', now.iteration)
    const alike = { baseline: advantages.none(), weight: 1 }
    return method({
      rollouts: connected(sample(o.groupSize), sampler.tokenizer, o.apart),
      rewards: lookAhead(chances(grade, { goOn: goingOn(sampler, o), n, seed }), o),
      credit: credit.streams({ process: credit.sum(), outcome: credit.outcome() }),
      advantages: advantages.combine({ process: alike, outcome: alike }, { whiten: 'verl' }),
      loss: update.sum(update.clipped(), update.kl({ coefficient: o.klCoef })),
      passes: o,
    })
  },
})
