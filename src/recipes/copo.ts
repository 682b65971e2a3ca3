import { learning, method, passes, recipe } from '../recipe.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'copo',
  paper: 'arXiv:2508.04138',
  about: 'Outcomes against the group where its answers differ, against other groups where not.',
  needs: ['grader'],
  differs: [
    'the two advantages are blended before the clip: the same where both have one sign, or in one step',
    'deviations are of the group and of the batch; the code has those of samples; no KL',
    'learning rate for small models, and 8 rollouts a problem; the paper has 1e-6 and 6',
  ],
  options: {
    ...learning,
    steep: { default: 20, help: 'how sharply it changes between the two', min: 0 },
    middle: { default: 0.5, help: 'bits of the answers at which both count alike', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.consistency(o),
      loss: update.clipped({ clip: o.clip, dualClip: 3 }),
      passes: o,
    }),
})
