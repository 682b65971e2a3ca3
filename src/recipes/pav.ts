import { hashSeed } from '../numbers/random.ts'
import { learning, method, recipe } from '../recipe.ts'
import { chances } from '../rewards/chances.ts'
import { progress } from '../rewards/progress.ts'
import { goingOn } from '../rollouts/go-on.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'pav',
  paper: 'arXiv:2410.08146',
  about: 'Outcomes, and what each step adds to the chance that the best of k attempts is right.',
  needs: ['grader'],
  differs: [
    'chances are counted by going on from each step; the paper trains a verifier to tell them',
    'outcomes against the mean of the others; the paper has a value of each token',
    'learning rate for small models, 8 rollouts a problem; the paper has 1e-7 and 1',
  ],
  options: {
    ...learning,
    attempts: { default: 4, help: 'k of the best of k, who is asked', min: 1, integer: true },
    continuations: { default: 4, help: 'ways on from each step', min: 1, integer: true },
    alpha: { default: 3, help: 'weight of what a step adds', min: 0 },
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
  },
  build: ({ attempts: bestOf, continuations: n, ...o }, { sample, grade, sampler }, now) => {
    const seed = hashSeed(now.seed, 'pav', now.iteration)
    return method({
      rollouts: sample(o.groupSize),
      rewards: progress(chances(grade, { goOn: goingOn(sampler), n, seed, bestOf })),
      credit: credit.streams({ process: credit.sum({ discount: 0 }), outcome: credit.outcome() }),
      advantages: advantages.combine({
        process: { baseline: advantages.none(), weight: o.alpha },
        outcome: { baseline: advantages.leaveOneOut(), weight: 1 },
      }),
      loss: update.sum(update.reinforce(), update.kl({ coefficient: o.klCoef })),
    })
  },
})
