import { common, gatedForms, method, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

const { klRewardCoef: _, ...shared } = common

export default recipe({
  name: 'worst-step',
  paper: 'arXiv:2504.15275',
  about: 'Process rewards alone: a rollout is worth its worst step, all of its tokens alike.',
  needs: ['prm'], // outcomes are graded where an answer is known, to be logged, and never learned from
  differs: [
    "the paper's min-form pays what follows the worst step by the mean of the group, which rewards saying less where most steps " +
      'are bad: here all tokens of a rollout have one return, and leave-one-out for a baseline',
    'answers of a form that solves nothing get a bad reward (docs/runs.md); the paper names them, and has no gate',
    'closing tokens masked and whitening, from the released code; learning rate for small models',
  ],
  options: { ...shared, ...gatedForms.option },
  gates: gatedForms.gates,
  build: (o, { sample, grade, scoreSteps }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({ process: credit.worstOfAll() }),
      advantages: advantages.combine(
        { process: { baseline: advantages.leaveOneOut(), weight: 1 } },
        { maskClosing: o.maskClosing, whiten: o.whiten ? 'openrlhf' : 'none' },
      ),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
    }),
})
