import { method, recipe, softMinimum, weakStart } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { divergence } from '../rewards/divergence.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'pure-prm-vr',
  paper: 'arXiv:2504.15275',
  about: 'Process rewards, credited by the worst step, beside outcomes of a few problems.',
  needs: ['prm', 'grader'],
  fails: weakStart,
  differs: [
    'by default the KL to the reference is a term of the loss; klRewardCoef puts it in the reward',
    'closing tokens masked and whitening, from the released code; learning rate for small models',
  ],
  options: {
    ...softMinimum,
    labelled: { default: 0.1, help: 'share of problems whose answer is used', min: 0, max: 1 },
    prmWeight: { default: 1, help: 'weight of the process stream; outcomes have 1', min: 0 },
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
          process: { baseline: advantages.eq7({ maxTokens }), weight: o.prmWeight },
          outcome: { baseline: advantages.leaveOneOut(), weight: 1 },
          kl: { baseline: advantages.none(), weight: 1 },
        },
        { maskClosing: o.maskClosing, whiten: o.whiten ? 'openrlhf' : 'none' },
      ),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
    }),
})
