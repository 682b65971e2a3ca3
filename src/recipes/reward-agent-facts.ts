import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { facts } from '../rewards/facts.ts'
import { stepMean } from '../rewards/step-mean.ts'
import { talkedParts } from '../rewards/talked.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'reward-agent-facts',
  paper: 'arXiv:2502.19328',
  about: 'As reward-agent, with what a chat model knows of the claims of answers.',
  needs: ['prm', 'environment', 'chat'],
  differs: [
    'constraints and their checks come with problems, where write checks has put them',
    'the judge is the mean score of steps, from 0 to 1 as constraints are; facts are asked of one',
    'model, without a search; where it does not say, nothing is learned of an answer',
    'the reward of GRPO; the paper ranks with it; rate for small models, 8 rollouts a problem',
  ],
  options: {
    ...learning,
    judge: { default: 1, help: 'weight of the judge', min: 0 },
    constraints: { default: 1, help: 'weight of the share of constraints that hold', min: 0 },
    facts: { default: 1, help: 'weight of what is so', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ judge, constraints, facts: so, ...o }, { sample, grade, scoreSteps, ask }, now) => {
    const judged = both(stepMean(scoreSteps), facts(ask, now.seed + now.iteration))
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, both(judged, talkedParts(['held']))),
      credit: credit.streams({
        reward: credit.weightedParts({ quality: judge, held: constraints, factual: so }),
      }),
      advantages: advantages.combine({ reward: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    })
  },
})
