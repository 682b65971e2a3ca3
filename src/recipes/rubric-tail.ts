import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { refinedRubrics } from '../rewards/refined-rubrics.ts'
import { type RubricForm, rubricForms } from '../rewards/rubrics.ts'
import { advantages, credit, update } from '../stages.ts'

const form = 'one mark for the whole rubric, or a verdict on each criterion'

export default recipe({
  name: 'rubric-tail',
  paper: 'arXiv:2509.21500',
  about: 'GRPO on rubrics that a chat model refines until they tell the best answers apart.',
  needs: ['chat'],
  differs: [
    "the run refines on a group's own answers; write tail-rubrics before it, on a chat model's",
    'new criteria are added to the rubric; one without a verdict makes a score unknown, not lower',
    'the deviation is that of the group; rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    form: { default: 'explicit', choices: rubricForms, help: form },
    rounds: { default: 1, help: 'refinements; each takes two answers', min: 0, integer: true },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ rounds, ...o }, { sample, grade, ask }, now) => {
    const refining = { form: o.form as RubricForm, rounds, seed: now.seed + now.iteration }
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, refinedRubrics(ask, refining)),
      credit: credit.streams({ rubric: credit.part('rubric') }),
      advantages: advantages.combine({ rubric: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    })
  },
})
