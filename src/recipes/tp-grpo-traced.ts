import { learning, method, passes, recipe } from '../recipe.ts'
import { traced } from '../rewards/traced.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'tp-grpo-traced',
  paper: 'arXiv:2507.23317',
  about: 'As tp-grpo; a chat model traces which steps of an answer were taken back, or led astray.',
  needs: ['grader', 'chat'],
  differs: [
    'the chat model is told whether the answer is right, and lists steps; prompts are own',
    'how much ability counts is open in the paper; minibatches=50 is its stock of 50 updates',
    'the deviation is that of the group; learning rate for small models',
  ],
  options: {
    ...learning,
    ability: { default: 0.5, help: 'what a wrong step costs where all are right', min: 0 },
    klCoef: { default: 0, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, ask }, { seed, iteration }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: traced(grade, ask, seed + iteration),
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.judgedThoughts(
        advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
        o,
      ),
      loss: update.sum(update.clipped(o), update.kl({ coefficient: o.klCoef, estimator: 'k3' })),
      passes: o,
    }),
})
