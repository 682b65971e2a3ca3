import { learning, method, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { compared } from '../rewards/compared.ts'
import { values } from '../rewards/values.ts'
import { advantages, credit, update } from '../stages.ts'

const part = (weight: number) => ({ baseline: advantages.groupNorm(), weight }) // 0: the reward model alone learns it
const learned = { returns: credit.part('strength'), values: credit.fittedValues('strength') }

export default recipe({
  name: 'mcsd-model',
  paper: 'arXiv:2410.05656',
  about: 'A chat model compares answers; a reward model fitted to all of that rewards the policy.',
  needs: ['chat'],
  beside: { reward: { about: 'tells how strong an answer is', classes: 1 } },
  differs: [
    'it is fitted to the strengths that a group of comparisons gives, by squares; the paper to pairs',
    'strengths are the reward until it has learned for some iterations; the paper fits it before',
    'answers are compared, not observations of a game; GRPO; rates for small models',
  ],
  options: {
    ...learning,
    opponents: { default: 2, help: 'neighbours that each is compared with', min: 1, integer: true },
    byPart: { default: 20, help: 'iterations in which strengths are the reward', min: 0 },
    rewardRate: { default: 3e-4, help: 'step size of AdamW for the reward model', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
  },
  build: (o, { sample, grade, ask, model }, { seed, iteration }) => {
    const asked = compared(ask, { opponents: o.opponents, seed: seed + iteration })
    const byPart = iteration <= o.byPart
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(both(grade, asked), values(model('reward'))),
      credit: credit.streams({ ...learned, reward: credit.fitted('strength', { byPart }) }),
      advantages: advantages.combine({ reward: part(1), returns: part(0), values: part(0) }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      also: [update.critic(model('reward'), { learningRate: o.rewardRate })],
    })
  },
})
