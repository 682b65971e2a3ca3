import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { expected } from '../rewards/expected.ts'
import { asUnit, significantLength, surprising } from '../rewards/significant-length.ts'
import { nextSlope, type Slope, startingSlope } from '../rewards/slope-weight.ts'
import { independent } from '../rollouts/independent.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'bingo',
  paper: 'arXiv:2506.08125',
  about:
    'Right answers earn more the fewer tokens say little, wrong ones less the less they think.',
  needs: ['grader'],
  beside: { first: asUnit, critic: { about: 'expects the reward of each token', classes: 1 } },
  differs: [
    'surprising tokens are significant; bingo-compressed asks a chat model; rates for small models',
  ],
  options: {
    ...learning,
    threshold: { default: 0.5, help: 'surprise from which a token is significant', max: 1 },
    from: { default: 50, help: 'the iteration from which wrong answers are to grow shorter' },
    ...passes,
  },
  build: (o, { sample, grade, sampler, model }, { memory, seed, iteration }) => {
    const slope = (memory as Slope | null) ?? startingSlope()
    const answers = independent({ ...sampler, engine: model('first') }, 1)
    const lengths = { answers, seed: seed + iteration, significance: surprising(o.threshold) }
    const told = expected(model('critic'), async () => model('first'), 1e-3)
    const total = credit.efficientOutcome({ reasoning: slope.weight })
    return method({
      ...{ rollouts: sample(o.groupSize), passes: o, loss: update.clipped() },
      rewards: both(both(grade, significantLength(lengths)), told),
      credit: credit.overCritic(total, { lambda: 1, klCoef: 1e-3 }),
      advantages: advantages.overValues({ whiten: 'verl' }),
      remember: nextSlope(slope, { from: o.from, iteration }),
      also: [update.critic(model('critic'), { learningRate: 3 * o.learningRate })],
    })
  },
})
