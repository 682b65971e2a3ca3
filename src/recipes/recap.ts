import type { RecentLosses } from '../advantages/recent-weights.ts'
import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { boxedFormat } from '../rewards/boxed-format.ts'
import { withReplays } from '../rewards/replay-likelihood.ts'
import { softOverlong } from '../rewards/soft-overlong.ts'
import { withSolutions } from '../rollouts/with-solutions.ts'
import { advantages, credit, update } from '../stages.ts'

const names = ['outcome', 'format', 'overlong'] as const
const form = { format: credit.part('format'), overlong: credit.part('overlong') }

export default recipe({
  name: 'recap',
  paper: 'arXiv:2510.21978',
  about: 'Objectives, worked solutions among them, weigh more that have stopped to get better.',
  needs: ['grader'],
  differs: [
    'one softmax over the sum, two windows before it begins, as in the paper; the code has neither',
    'a loss is 1 less the mean reward, and 0.01 is added; an eighth is replayed; rate for small models',
  ],
  options: {
    ...{ ...learning, ...passes },
    window: { default: 10, help: 'iterations compared with as many', min: 1, integer: true },
    heat: { default: 5, help: 'of the softmax over objectives', min: 0.01 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    share: { default: 0.125, help: 'of problems, whose solutions are replayed', min: 0, max: 0.9 },
  },
  build: (o, { sample, grade, maxTokens, sampler: { tokenizer }, policy }, { memory }) => {
    const losses = memory as RecentLosses<(typeof names)[number] | 'replay'> | null
    return method({
      ...{ passes: o, loss: update.clipped(o) },
      rollouts: withSolutions(sample(o.groupSize), { tokenizer, ...o }),
      rewards: withReplays(both(grade, both(boxedFormat(), softOverlong({ maxTokens }))), policy),
      credit: credit.streams({ outcome: credit.outcome(), ...form }),
      advantages: advantages.recentlyWeighted(names, losses, o),
      remember: advantages.nextLosses(losses, ['format', 'overlong', 'replay'], o),
    })
  },
})
