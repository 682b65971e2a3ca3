import { hashSeed } from '../numbers/random.ts'
import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { significantLength } from '../rewards/significant-length.ts'
import { nextSlope, type Slope, startingSlope } from '../rewards/slope-weight.ts'
import { independent } from '../rollouts/independent.ts'
import { advantages, credit, update } from '../stages.ts'

const most = 5 / (Math.PI / 2) // gives back all of the penalty at the longest angle

export default recipe({
  name: 'bingo',
  paper: 'arXiv:2506.08125',
  about:
    'Right answers earn more without tokens that say little, wrong ones less for thinking less.',
  needs: ['grader'],
  beside: { first: { about: 'stays as the policy was: its lengths are the unit', classes: null } },
  differs: [
    'surprising tokens are significant, not those of LLMLingua-2; no critic; rate for small models',
  ],
  options: {
    ...learning,
    threshold: { default: 0.5, help: 'surprise from which a token is significant', max: 1 },
    from: { default: 50, help: 'the iteration from which wrong answers are to grow shorter' },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ threshold, from, ...o }, { sample, grade, sampler, model }, { memory, ...now }) => {
    const slope = (memory as Slope | null) ?? startingSlope(most)
    const answers = independent({ ...sampler, engine: model('first') }, 1)
    const seed = hashSeed(now.seed, 'lengths', now.iteration)
    return method({
      ...{ rollouts: sample(o.groupSize), passes: o, loss: update.clipped({ clip: o.clip }) },
      rewards: both(grade, significantLength({ answers, seed, threshold })),
      credit: credit.streams({ total: credit.efficientOutcome({ reasoning: slope.weight }) }),
      advantages: advantages.combine({ total: { baseline: advantages.leaveOneOut(), weight: 1 } }),
      remember: nextSlope(slope, { most, from, iteration: now.iteration }),
    })
  },
})
