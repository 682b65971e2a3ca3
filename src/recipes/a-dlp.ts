import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { lengthPenalty, nextPrice, type TokenPrice } from '../rewards/length-penalty.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'a-dlp',
  paper: 'arXiv:2505.18298',
  about: 'GRPO with a price on tokens that rises while accuracy holds and falls when it does not.',
  needs: ['grader'],
  differs: [
    'the accuracy to keep is that of the first iteration (kept 0); the code is told 0.62',
    'learning rate for small models, 8 rollouts a problem; the code has 1e-6 and 4',
  ],
  options: {
    ...learning,
    price: { default: 1e-3, help: 'of a token in the first iteration', min: 0 },
    priceRate: { default: 1e-3, help: 'how fast the price follows accuracy; 0: never', min: 0 },
    kept: { default: 0, help: 'accuracy to keep; 0: that of the start', min: 0, max: 1 },
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }, { memory }) => {
    const start: TokenPrice = { price: o.price, kept: o.kept === 0 ? null : o.kept }
    const now = (memory as TokenPrice | null) ?? start
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, lengthPenalty(now.price)),
      credit: credit.streams({ outcome: credit.shapedOutcome(['length']) }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.sum(
        update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
        update.kl({ coefficient: o.klCoef }),
      ),
      passes: o,
      remember: nextPrice(now, o.priceRate),
    })
  },
})
