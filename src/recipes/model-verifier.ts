import { learning, method, passes, recipe } from '../recipe.ts'
import { verifiedByModel } from '../rewards/asked-verdict.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'model-verifier',
  paper: 'arXiv:2505.22203',
  about:
    'GRPO on what a chat model takes for right, and how far that is from what the grader does.',
  needs: ['grader', 'chat'],
  differs: [
    'any chat model verifies; the paper fine-tunes some for it, and its oracle is a chat model',
    'the deviation is that of the group; rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    withReference: { default: true, help: 'whether it is shown the known answer' },
    behindRule: { default: true, help: 'what the grader takes is right, and not asked about' },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, ask }, { seed, iteration }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: verifiedByModel(grade, ask, { ...o, seed: seed + iteration }),
      credit: credit.streams({ reward: credit.part('reward') }),
      advantages: advantages.combine({ reward: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    }),
})
