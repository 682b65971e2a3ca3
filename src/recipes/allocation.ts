import { learning, method, passes, recipe } from '../recipe.ts'
import * as kinds from '../rollouts/allocated.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'allocation',
  paper: 'arXiv:2412.00569',
  about: 'GRPO with more rollouts for those kinds of problems that have taught more of late.',
  needs: ['grader'],
  differs: [
    'the paper chooses payment gateways, whose values a model tells; kinds are bands of lengths',
    'shares decide how many rollouts a problem has, not which one is drawn',
    'fair: after arXiv:2306.05764, shares as contributions that become equal to the end',
  ],
  options: {
    ...learning,
    rule: { default: 'inverse-gap', choices: kinds.allocationRules, help: 'how shares are made' },
    kinds: { default: 3, help: 'bands of lengths of questions', min: 2, integer: true },
    gamma: { default: 10, help: 'how much less a worse kind has', min: 0 },
    most: { default: 16, help: 'rollouts of one problem', min: 2, integer: true },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  rollouts: ({ groupSize, most }) => Math.max(groupSize, most),
  build: (o, { sampler, grade }, { memory, iteration, iterations }) => {
    const known = memory as kinds.Kinds | null
    const rule = o.rule as kinds.AllocationRule
    const shares = kinds.sharesBy(rule, known?.values ?? [], { ...o, time: iteration / iterations })
    const each = kinds.rolloutsByKind(shares, o.groupSize, o.most)
    return method({
      rollouts: kinds.allocated(sampler, known, { usual: o.groupSize, each }),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      ...{ passes: o, remember: kinds.kindsAfter(known, o.kinds) },
    })
  },
})
