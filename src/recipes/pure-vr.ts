import { common, method, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { divergence } from '../rewards/divergence.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'pure-vr',
  paper: 'arXiv:2504.15275',
  about: 'Outcomes alone, against the mean of the other rollouts: PURE without process rewards.',
  needs: ['grader'],
  differs: [
    'by default the KL to the reference is a term of the loss; klRewardCoef puts it in the reward',
    'no advantage on closing tokens and whitening: in the released code, not in the paper',
    'learning rate for small models; the paper has 1e-6',
  ],
  options: common,
  build: (o, { sample, grade, reference }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, divergence(reference, o.klRewardCoef)),
      credit: credit.streams({
        outcome: credit.outcome(),
        kl: credit.klToCome({ coefficient: o.klRewardCoef }),
      }),
      advantages: advantages.combine(
        {
          outcome: { baseline: advantages.leaveOneOut(), weight: 1 },
          kl: { baseline: advantages.none(), weight: 1 },
        },
        { maskClosing: o.maskClosing, whiten: o.whiten ? 'openrlhf' : 'none' },
      ),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
    }),
})
