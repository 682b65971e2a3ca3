import { method, recipe, softMinimum, weakStart } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { divergence } from '../rewards/divergence.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'pure-prm',
  paper: 'arXiv:2504.15275',
  about: 'Process rewards alone, credited by the worst step instead of by their sum.',
  needs: ['prm'], // outcomes are graded where an answer is known, to be logged, and never learned from
  fails: weakStart,
  differs: [
    'by default the KL to the reference is a term of the loss; klRewardCoef puts it in the reward',
    'no advantage on closing tokens and whitening: in the released code, not in the paper',
    'learning rate for small models; the paper has 5e-7',
  ],
  options: softMinimum,
  build: (o, { sample, grade, scoreSteps, reference, maxTokens }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(both(grade, scoreSteps), divergence(reference, o.klRewardCoef)),
      credit: credit.streams({
        process: credit.softMin({ temperature: o.temperature }),
        kl: credit.klToCome({ coefficient: o.klRewardCoef }),
      }),
      advantages: advantages.combine(
        {
          process: { baseline: advantages.eq7({ maxTokens }), weight: 1 },
          kl: { baseline: advantages.none(), weight: 1 },
        },
        { maskClosing: o.maskClosing, whiten: o.whiten ? 'openrlhf' : 'none' },
      ),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
    }),
})
