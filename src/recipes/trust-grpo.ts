import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

const help = 'of step scores; the last is that of a judge of whole answers'

export default recipe({
  name: 'trust-grpo',
  paper: 'arXiv:2505.17018',
  about: "Outcomes and a judge's word on the thinking, trusted as far as right answers think well.",
  needs: ['grader', 'prm'],
  differs: [
    'a reward model of text; the paper has one that sees images, and learns marks of a larger one',
    'wrong answers are judged, too; the code gives those below 0.2 a thinking score of 0 unasked',
    'text alone; the deviation is that of the group; learning rate for small models, no KL',
  ],
  options: {
    ...learning,
    thinking: { default: 0.3, help: 'weight of the thinking at the start', min: 0 },
    thinkingBy: { default: 'mean', choices: ['mean', 'last'], help },
    fade: { default: 500, help: 'iterations in which that weight falls to 1/e', min: 1 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ thinking, fade, thinkingBy, ...o }, { sample, grade, scoreSteps }, { iteration }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, scoreSteps),
      credit: credit.streams({
        outcome: credit.trustedThinking({
          weight: thinking * Math.exp(-iteration / fade),
          last: thinkingBy === 'last',
        }),
      }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
