import { learning, method, passes, recipe } from '../recipe.ts'
import { type ClassForm, classes, classForms } from '../rewards/classes.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'cls-rl',
  paper: 'arXiv:2503.16188',
  about: 'GRPO on naming the right class, with thought in its form or as the answer alone.',
  needs: ['grader'],
  differs: [
    'any problem with an answer, in tags or in a box; the paper has images and their classes',
    'a policy that never answers alone has nothing to learn from without thought; no prompt asks it to',
    'the deviation is that of the group; rate for small models, 8 rollouts, not 4',
  ],
  options: {
    ...learning,
    form: { default: 'thinking', choices: classForms, help: 'with thought, or the answer alone' },
    klCoef: { default: 0.04, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: classes(grade, o.form as ClassForm),
      credit: credit.streams({ class: credit.part('class') }),
      advantages: advantages.combine({ class: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.sum(
        update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
        update.kl({ coefficient: o.klCoef, estimator: 'k3', reduction: 'sequence-mean' }),
      ),
      passes: o,
    }),
})
