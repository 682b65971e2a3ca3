import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { phaseEntropy } from '../rewards/phase-entropy.ts'
import { advantages, credit, update } from '../stages.ts'

const shaped = ['phases'] as const

export default recipe({
  name: 'pear',
  paper: 'arXiv:2510.08026',
  about: 'GRPO whose right answers earn less the surer the policy is only once it answers.',
  needs: ['grader'],
  abilities: { entropies: 'its reward is made of them' },
  differs: [
    'thinking ends at the first thinkEnd of the text; the paper does not say which, or how found',
    'a right answer keeps at least 0.01 (most), as else it may fall below a wrong one',
    'learning rate for small models, 8 rollouts and 1 step; the paper has 1e-6',
  ],
  options: {
    ...learning,
    thinkEnd: { default: '</think>', help: 'the text after which it answers' },
    answerWeight: { default: 1, help: 'weight of the entropy of answers (alpha)' },
    most: { default: 0.99, help: 'the most that a right answer may lose', min: 0 },
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, policy, sampler: { tokenizer } }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, phaseEntropy({ policy, tokenizer }, o)),
      credit: credit.streams({ outcome: credit.shapedOutcome(shaped, { ofRight: shaped }) }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.sum(
        update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
        update.kl({ coefficient: o.klCoef }),
      ),
      passes: o,
    }),
})
