import { learning, method, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { mixed } from '../rewards/mixed.ts'
import { oneOfEach } from '../rewards/one-of-each.ts'
import { values } from '../rewards/values.ts'
import { advantages, credit, update } from '../stages.ts'

const [positive, negative] = [update.reinforce(), update.clipped({ clip: Infinity })]

export default recipe({
  name: 'oreal',
  paper: 'arXiv:2502.06781',
  about: 'Right answers imitated, wrong ones unlearned, each token as far as it decides.',
  needs: ['grader'],
  beside: { tokens: { about: 'tells from each token how likely the outcome is', classes: 1 } },
  differs: [
    'the model of tokens learns with the policy from the start; the code trains it alone for ten',
    'problems are not repeated; rates for small models; 8 rollouts a problem; the paper has 16',
  ],
  options: {
    ...learning,
    klCoef: { default: 0.01, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    wrongWeight: { default: 0.5, help: 'weight of wrong rollouts; right ones have 1', min: 0 },
    tokenRate: { default: 3e-4, help: 'step size of AdamW for the model of tokens', min: 0 },
  },
  build: ({ klCoef, wrongWeight: negativeWeight, ...o }, { sample, grade, model }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, values(model('tokens'))),
      select: mixed,
      credit: credit.streams({ outcome: credit.outcome(), values: credit.values() }),
      advantages: advantages.prefixWeighted(),
      learns: oneOfEach,
      loss: update.sum(
        update.bySign({ positive, negative, negativeWeight }),
        update.kl({ coefficient: klCoef }),
      ),
      also: [update.tokenRewardModel(model('tokens'), o.tokenRate)],
    }),
})
