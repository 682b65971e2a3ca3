import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { keptByChat } from '../rewards/compressed.ts'
import { expected } from '../rewards/expected.ts'
import { asUnit, significantLength } from '../rewards/significant-length.ts'
import { nextSlope, type Slope, startingSlope } from '../rewards/slope-weight.ts'
import { independent } from '../rollouts/independent.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'bingo-compressed',
  paper: 'arXiv:2506.08125',
  about: 'As bingo; tokens say something that a chat model keeps when it shortens an answer.',
  needs: ['grader', 'chat'],
  beside: { first: asUnit, critic: { about: 'expects the reward of each token', classes: 1 } },
  differs: ['a chat model shortens, as for the data of LLMLingua-2; the paper has that classifier'],
  options: { ...learning, ...passes, from: { default: 50, help: 'when wrong ones are to shrink' } },
  build: (o, { sample, grade, sampler, model, ask }, { memory, seed, iteration }) => {
    const slope = (memory as Slope | null) ?? startingSlope()
    const answers = independent({ ...sampler, engine: model('first') }, 1)
    const lengths = {
      answers,
      seed: seed + iteration,
      significance: keptByChat(ask, sampler.tokenizer, seed),
    }
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
