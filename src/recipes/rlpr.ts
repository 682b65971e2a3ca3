import { learning, method, passes, recipe } from '../recipe.ts'
import { answerLikelihood } from '../rewards/answer-likelihood.ts'
import { both } from '../rewards/both.ts'
import { nextSpread, type UsualSpread, wideEnough } from '../rewards/wide-enough.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'rlpr',
  paper: 'arXiv:2506.18254',
  about: 'How much likelier the reasoning makes the known answer is the reward: no verifier.',
  needs: [], // answers need not be such as can be graded; grades are logged, and never learned from
  differs: [
    'what is likely without reasoning is asked of the policy as it is, in each iteration',
    'reasoning is what stands before the last box, and a box is the form that earns something',
    'the deviation is that of the group; learning rate for small models; the paper has 1e-6',
  ],
  options: {
    ...learning,
    format: { default: 0.1, help: 'share of the reward that a box earns', min: 0, max: 1 },
    filter: { default: 0.5, help: 'least spread of a group, in usual ones; 0: any', min: 0 },
    clipLow: { default: 0.2, help: 'how far a ratio may fall in one update', min: 0, max: 1 },
    clipHigh: { default: 0.27, help: 'how far a ratio may rise in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, policy, sampler }, { memory }) => {
    const usual = memory as unknown as UsualSpread | null
    const likelihood = answerLikelihood({ policy, format: o.format, ...sampler })
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, likelihood),
      select: wideEnough('earned', { usual, share: o.filter }),
      credit: credit.streams({ outcome: credit.part('earned') }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clipLow: o.clipLow, clipHigh: o.clipHigh }),
      passes: o,
      remember: nextSpread('earned', usual),
    })
  },
})
