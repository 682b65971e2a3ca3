import type { RecentLosses } from '../advantages/recent-weights.ts'
import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { boxedFormat } from '../rewards/boxed-format.ts'
import { softOverlong } from '../rewards/soft-overlong.ts'
import { advantages, credit, update } from '../stages.ts'

const names = ['outcome', 'format', 'overlong'] as const
const form = { format: credit.part('format'), overlong: credit.part('overlong') }

export default recipe({
  name: 'recap',
  paper: 'arXiv:2510.21978',
  about: 'Outcome, form and length are weighed anew: more for what has stopped to get better.',
  needs: ['grader'],
  differs: [
    "one softmax over the sum, as in the paper; the code's two, and how it mixes them, are not clear",
    'a loss is 1 less the mean reward, and 0.01 is added to each mean; two windows before it begins',
    'objectives that rollouts earn alone; learning rate for small models, 8 rollouts a problem',
  ],
  options: {
    ...learning,
    window: { default: 10, help: 'iterations compared with as many', min: 1, integer: true },
    heat: { default: 5, help: 'of the softmax over objectives', min: 0.01 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, maxTokens }, { memory }) => {
    const losses = memory as RecentLosses<(typeof names)[number]> | null
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, both(boxedFormat(), softOverlong({ maxTokens }))),
      credit: credit.streams({ outcome: credit.outcome(), ...form }),
      advantages: advantages.recentlyWeighted(names, losses, o),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
      remember: advantages.nextLosses(losses, ['format', 'overlong'], o),
    })
  },
})
