import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { calibrated, wholeScore } from '../rewards/reasoning-patterns.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'rpr-model',
  paper: 'arXiv:2505.22653',
  about: 'A reward model, whose low scores are raised a little where the answer reasons.',
  needs: ['prm'],
  differs: [
    "the judge's score of the last step is that of the answer; the paper has a model of whole answers",
    'groups are compared among themselves; the paper has PPO with a critic',
    'learning rate for small models, whose texts have few of those phrases; 8 rollouts a problem',
  ],
  options: {
    ...learning,
    patterns: { default: 0.1, help: 'what phrases of reasoning are worth in all', min: 0, max: 1 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, scoreSteps }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: calibrated(both(grade, wholeScore(scoreSteps)), o.patterns),
      credit: credit.streams({ score: credit.part('calibrated') }),
      advantages: advantages.combine({ score: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
