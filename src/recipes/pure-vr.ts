import { common, method, recipe } from '../recipe.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'pure-vr',
  paper: 'arXiv:2504.15275',
  about: 'Outcomes alone, against the mean of the other rollouts: PURE without process rewards.',
  needs: ['grader'],
  differs: [
    'the KL to the reference is a term of the loss, not of the reward',
    'no advantage on closing tokens and whitening: in the released code, not in the paper',
    'learning rate for small models; the paper has 1e-6',
  ],
  options: common,
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine(
        { outcome: { baseline: advantages.leaveOneOut(), weight: 1 } },
        { maskClosing: o.maskClosing, whiten: o.whiten ? 'openrlhf' : 'none' },
      ),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
    }),
})
