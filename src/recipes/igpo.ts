import { learning, method, passes, recipe } from '../recipe.ts'
import { type AnswerForm, answerChance, answerForms } from '../rewards/answer-chance.ts'
import { progress } from '../rewards/progress.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'igpo',
  paper: 'arXiv:2510.14967',
  about: 'Outcomes, and how much likelier each step but the last makes the known answer.',
  needs: ['grader'],
  differs: [
    'turns are steps, also where an environment replies; the paper searches the web in them',
    'the outcome is a graded answer; the paper has F1, and a penalty for its form',
    'the deviations are those of the group, and 1e-6 is added; the code has none',
    'learning rate for small models, and 8 rollouts a problem; the paper has 1e-6 and 16',
  ],
  options: {
    ...learning,
    form: {
      ...{ default: 'geometric', choices: Object.keys(answerForms) },
      help: 'how likely an answer is: of its tokens',
    },
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ form, ...o }, { sample, grade, sampler }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: progress(answerChance(grade, sampler, form as AnswerForm)),
      credit: credit.streams({ process: credit.sum({ discount: 0 }), outcome: credit.outcome() }),
      advantages: advantages.combine({
        process: { baseline: advantages.stepNorm({ toCome: true, last: false }), weight: 1 },
        outcome: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
      passes: o,
    }),
})
