import { learning, method, recipe } from '../recipe.ts'
import { above, around, type Balance, rebalanced } from '../rewards/balance.ts'
import { both } from '../rewards/both.ts'
import { atTemperatures } from '../rollouts/temperatures.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'b-star',
  paper: 'arXiv:2412.17256',
  about: 'Own answers above a threshold are imitated; it and the temperature follow a balance.',
  needs: ['grader', 'prm'],
  differs: [
    'a third of the problems each tries a temperature; the paper tries all on a subset before',
    'temperature and threshold move every iteration, and count from the next on; the paper: every 500',
    'all that are different and right are imitated; the number of samples stays; rate for small models',
    'two right answers are different where their texts are; 6 of 8 are enough; the code has 8',
  ],
  options: {
    ...learning,
    wanted: { default: 6, help: 'different right answers that are enough', min: 1 },
    temperature: { default: 1, help: 'that of the first iteration', min: 0.5, max: 1.2 },
    threshold: { default: 0, help: 'of the outcome and a fifth of the worst step, at first' },
  },
  build: (o, { sampler, grade, scoreSteps }, { memory }) => {
    const now = (memory as Balance | null) ?? o
    return method({
      rollouts: atTemperatures(sampler, o.groupSize, around(now.temperature)),
      rewards: both(grade, scoreSteps),
      select: above(now.threshold),
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.none(), weight: 1 } }),
      loss: update.reinforce(),
      remember: rebalanced(now, o),
    })
  },
})
