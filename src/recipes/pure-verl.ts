import { common, method, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { divergence } from '../rewards/divergence.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'pure-verl',
  paper: 'arXiv:2504.15275',
  about: 'pure-prm-vr with the baseline of the verl code of PURE in the place of its eq. 7.',
  needs: ['prm', 'grader'],
  differs: [
    'all but the baseline is as in pure-prm-vr; the verl code masks nothing, and whitens all tokens',
    'by default the KL to the reference is a term of the loss; klRewardCoef puts it in the reward',
  ],
  options: {
    ...common,
    temperature: { default: 0.1, help: 'of the soft minimum over steps', min: 1e-6 },
    labelled: { default: 0.1, help: 'share of problems whose answer is used', min: 0, max: 1 },
  },
  build: (o, { sample, grade, scoreSteps, reference, maxTokens }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(both(grade, scoreSteps), divergence(reference, o.klRewardCoef)),
      credit: credit.streams({
        process: credit.softMin({ temperature: o.temperature }),
        outcome: credit.outcome(),
        kl: credit.klToCome({ coefficient: o.klRewardCoef }),
      }),
      advantages: advantages.combine(
        {
          process: { baseline: advantages.verl({ maxTokens }), weight: 1 },
          outcome: { baseline: advantages.verl({ maxTokens }), weight: 1 },
          kl: { baseline: advantages.verl({ maxTokens }), weight: 1 },
        },
        { maskClosing: o.maskClosing, whiten: o.whiten ? 'openrlhf' : 'none' },
      ),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
    }),
})
