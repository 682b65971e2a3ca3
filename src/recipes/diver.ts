import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { diversity } from '../rewards/diversity.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'diver',
  paper: 'arXiv:2509.26209',
  about: 'GRPO whose right answers earn more where their equations or words are their own.',
  needs: ['grader'],
  differs: [
    'the bonus stays the same until it ends; the schedule of the code is negative at first',
    'the code has no weights that are not overwritten; both are 1 here',
    'of a text that sets no formula apart, lines with an equals sign are its equations',
    'learning rate for small models, and 8 rollouts; the paper has 1e-6',
  ],
  options: {
    ...learning,
    measure: { default: 'equations', choices: credit.diversityMeasures, help: 'what is to differ' },
    equationWeight: { default: 1, help: 'of the share of own equations', min: 0 },
    textWeight: { default: 1, help: 'of the distance between words', min: 0 },
    until: { default: 100, help: 'the last iteration with a bonus', min: 0, integer: true },
    clipLow: { default: 0.2, help: 'how far a ratio may fall in one update', min: 0, max: 1 },
    clipHigh: { default: 0.28, help: 'how far a ratio may rise in one update', min: 0 },
    ...passes,
  },
  build: ({ measure, until, ...o }, { sample, grade }, { iteration }) => {
    const off = iteration <= until ? {} : { equationWeight: 0, textWeight: 0 }
    const rule = credit.diverseRight({ ...o, ...off, measure: measure as 'equations' })
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, diversity()),
      credit: credit.streams({ outcome: rule }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clipLow: o.clipLow, clipHigh: o.clipHigh }),
      passes: o,
    })
  },
})
