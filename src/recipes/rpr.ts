import { learning, method, passes, recipe } from '../recipe.ts'
import { calibrated } from '../rewards/reasoning-patterns.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'rpr',
  paper: 'arXiv:2505.22653',
  about: 'A judge that is wrong about some problems, and a little for wrong answers that reason.',
  needs: ['grader'],
  differs: [
    'groups are compared among themselves; the paper has PPO with a critic, and 4 rollouts',
    'a fifth of problems is judged wrongly, not 40 %: a small batch averages less of it out',
    'which problems are judged the wrong way round changes from one iteration to the next',
    'some forty phrases of planning, checking and cause; the list of the code is another',
    'learning rate for small models, whose texts have few of those phrases',
  ],
  options: {
    ...learning,
    flip: { default: 0.2, help: 'chance that a problem is judged wrongly', min: 0, max: 1 },
    patterns: { default: 0.1, help: 'what phrases of reasoning are worth in all', min: 0, max: 1 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }, { seed, iteration }) => {
    const noise = { flip: o.flip, seed: seed + iteration }
    return method({
      rollouts: sample(o.groupSize),
      rewards: calibrated(grade, o.patterns),
      credit: credit.streams({ outcome: credit.noisyPart('calibrated', noise) }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    })
  },
})
