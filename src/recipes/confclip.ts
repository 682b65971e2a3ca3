import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { confidence } from '../rewards/confidence.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'confclip',
  paper: 'arXiv:2509.17730',
  about: 'Outcomes times how sure the policy was: right and sure is best, wrong and sure worst.',
  needs: ['grader'],
  differs: [
    'how sure is the geometric mean of the probabilities of a rollout; a form inferred from the abstract',
    'limits of 0.2 and 1, likewise; the deviation is that of the group',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    low: { default: 0.2, help: 'least size of a reward', min: 0, max: 1 },
    high: { default: 1, help: 'largest size of a reward', min: 0, max: 1 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, confidence),
      credit: credit.streams({ outcome: credit.confidentOutcome(o) }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
