import { learning, method, passes, recipe } from '../recipe.ts'
import { answerConfidence, widestPairs } from '../rewards/answer-confidence.ts'
import { both } from '../rewards/both.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'crew',
  paper: 'arXiv:2510.13501',
  about: 'Preferences: the surest right answer of a problem over its least sure wrong one.',
  needs: ['grader'],
  differs: [
    'one pair a problem, its widest, in the best share of problems; the paper ranks all pairs',
    'pairs are learned once, by the policy that sampled them, against the policy before the run',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    share: { default: 0.5, help: 'of problems, those of the widest pairs', min: 0.01, max: 1 },
    beta: { default: 0.1, help: 'of the preference: how far the policy may move', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, sampler: { tokenizer } }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, answerConfidence(tokenizer)),
      select: widestPairs(o.share),
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.preference({ beta: o.beta }),
      passes: o,
    }),
})
