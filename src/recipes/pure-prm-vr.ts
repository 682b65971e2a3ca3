import { common, method, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'pure-prm-vr',
  paper: 'arXiv:2504.15275',
  about:
    'Process rewards, credited by the worst step, beside outcomes of the few labelled problems.',
  needs: ['prm', 'grader'],
  differs: [
    'the KL to the reference is a term of the loss, not of the reward',
    'no advantage on closing tokens and whitening: in the released code, not in the paper',
    'learning rate for small models; the paper has 1e-6',
  ],
  options: {
    ...common,
    temperature: { default: 0.1, help: 'of the soft minimum over steps', min: 1e-6 },
    labelled: { default: 0.1, help: 'share of problems whose answer is used', min: 0, max: 1 },
    prmWeight: { default: 1, help: 'weight of the process stream; outcomes have 1', min: 0 },
  },
  build: (o, { sample, grade, scoreSteps, maxTokens }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({
        process: credit.softMin({ temperature: o.temperature }),
        outcome: credit.outcome(),
      }),
      advantages: advantages.combine(
        {
          process: { baseline: advantages.eq7({ maxTokens }), weight: o.prmWeight },
          outcome: { baseline: advantages.leaveOneOut(), weight: 1 },
        },
        { maskClosing: o.maskClosing, whiten: o.whiten ? 'openrlhf' : 'none' },
      ),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
    }),
})
