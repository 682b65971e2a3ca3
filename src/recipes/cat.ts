import { learning, method, passes, recipe } from '../recipe.ts'
import { agreement, comparable, criteria, synthesis } from '../rewards/agreement.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'cat',
  paper: 'arXiv:2509.14234',
  about: 'GRPO on agreeing with an answer that the first policy makes of all answers of a group.',
  needs: ['chat'],
  beside: {
    anchor: { about: 'stays as the policy was: it makes one answer of all', classes: null },
  },
  differs: [
    'the chat model judges criteria; it may make the one answer too, where anchor=chat',
    'criteria are used in groups where no answer is in a box; prompts are own, and 3 to 10 criteria',
    'the deviation is that of the group; rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    anchor: { default: 'first', choices: ['first', 'chat'], help: 'who makes one answer of all' },
    klCoef: { default: 1e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, ask, askOf, model }, now) => {
    const [seed, first] = [now.seed + now.iteration, askOf(model('anchor'))]
    const anchor = o.anchor === 'chat' ? ask : first
    const agrees = comparable(agreement(synthesis(anchor, seed)), criteria(anchor, ask, seed))
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, agrees),
      credit: credit.streams({ agrees: credit.part('agrees') }),
      advantages: advantages.combine({ agrees: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
      passes: o,
    })
  },
})
