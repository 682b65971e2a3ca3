import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { type RubricForm, rubricForms, rubrics } from '../rewards/rubrics.ts'
import { advantages, credit, update } from '../stages.ts'

const form = 'one mark for the whole rubric, or a verdict on each criterion'

export default recipe({
  name: 'rar',
  paper: 'arXiv:2507.17746',
  about: 'GRPO on how far answers meet the rubric of their problem, as a chat model judges.',
  needs: ['chat'],
  differs: [
    "a problem's rubric is in its row, as minform write rubrics writes it; else a general one is used",
    'a mark of 1 is worth 0 and one of 10 is worth 1; the paper does not say how it is scaled',
    'the deviation is that of the group; rate for small models, 8 rollouts, not 16',
  ],
  options: {
    ...learning,
    form: { default: rubricForms[0] as string, choices: rubricForms, help: form },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, ask }, { seed, iteration }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, rubrics(ask, o.form as RubricForm, seed + iteration)),
      credit: credit.streams({ rubric: credit.part('rubric') }),
      advantages: advantages.combine({ rubric: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
