import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { boxedFormat } from '../rewards/boxed-format.ts'
import { consistency } from '../rewards/consistency.ts'
import { advantages, credit, update } from '../stages.ts'

const plain = { baseline: advantages.none(), weight: 1 }

export default recipe({
  name: 'stable-reinforce',
  paper: 'arXiv:2505.02835',
  about: 'Outcomes, form and what a judge says of the steps; extreme ratios and advantages cut.',
  needs: ['grader', 'prm'],
  differs: [
    'answers to problems are learned, not verdicts on pairs of answers about images',
    'the judge of steps tells whether they bear the answer; the paper asks a chat model',
    'outliers are beyond 3 of 0; the code compares with 3 around the mean before normalisation',
    'KL in the loss; learning rate for small models and 8 rollouts; the paper has 3e-7 and 1',
  ],
  options: {
    ...learning,
    outlier: { default: 3, help: 'deviations beyond which an advantage counts 0', min: 0 },
    ratioLimit: { default: 1000, help: 'the most, and 1 over it the least, of a ratio', min: 1 },
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ clip, ratioLimit, ...o }, { sample, grade, scoreSteps }) => {
    const shaped = credit.shapedOutcome(['consistency', 'format'], { ofRight: ['consistency'] })
    const white = advantages.combine({ outcome: plain }, { whiten: 'verl' })
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, both(consistency(scoreSteps, 0.5), boxedFormat(0.5))),
      credit: credit.streams({ outcome: shaped }),
      advantages: advantages.withoutOutliers(white, o.outlier),
      loss: update.sum(update.clipped({ clip, ratioLimit }), update.kl({ coefficient: o.klCoef })),
      passes: o,
    })
  },
})
