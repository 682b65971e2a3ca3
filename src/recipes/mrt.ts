import { learning, method, passes, recipe } from '../recipe.ts'
import { answerChance } from '../rewards/answer-chance.ts'
import { progress } from '../rewards/progress.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'mrt',
  paper: 'arXiv:2503.07572',
  about: 'Outcomes, and what each step adds to the chance of a right answer were it given now.',
  needs: ['grader'],
  differs: [
    'the chance is how likely the policy finds the known answer in a box; the paper counts samples',
    'episodes are steps; the paper cuts at words such as Wait, and joins 3 to 10 neighbours',
    'progress to come is credited, against the mean of the others; alpha is 1, the paper says none',
    'every step of every rollout is asked; the paper samples one prefix of each problem',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    alpha: { default: 1, help: 'weight of the progress to come', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ alpha, ...o }, { sample, grade, sampler }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: progress(answerChance(grade, sampler, 'probability')),
      credit: credit.streams({ process: credit.sum(), outcome: credit.outcome() }),
      advantages: advantages.combine({
        process: { baseline: advantages.leaveOneOut(), weight: alpha },
        outcome: { baseline: advantages.leaveOneOut(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    }),
})
