import { mean } from '../numbers/numeric.ts'
import { learning, method, passes, recipe } from '../recipe.ts'
import { latelyUnsure, sampleThenForget } from '../rollouts/sample-then-forget.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'eepo',
  paper: 'arXiv:2510.05837',
  about: 'GRPO whose groups are half sampled by a copy of the policy that forgets the other half.',
  needs: ['grader'],
  beside: { copy: { about: 'samples after it has forgotten', classes: null } },
  abilities: { blends: 'a copy of the policy samples', sgd: 'it forgets by one plain step' },
  differs: [
    'entropy is told by how unlikely sampled tokens were, its mean; no second reading is needed',
    'tokens of 0.99 and more are left as they are, the gradient is clipped to 1; both unsaid',
    'the deviation is that of the group; learning rate for small models',
  ],
  options: {
    ...learning,
    entropyBelow: { default: 0.3, help: 'nats a token below which it forgets', min: 0 },
    window: { default: 3, help: 'iterations of which that is the mean', min: 1, integer: true },
    forgetRate: { default: 3e-3, help: 'step size of forgetting', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sampler, policy, model, grade }, { memory }) => {
    const unsure = (memory ?? []) as readonly number[]
    const forgets = mean(unsure) < o.entropyBelow // never before the first is known
    const how = { policy, copy: model('copy'), forgets, rate: o.forgetRate, most: 0.99 }
    return method({
      rollouts: sampleThenForget(sampler, o.groupSize, how),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
      remember: latelyUnsure(unsure, o.window),
    })
  },
})
