import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { talkedParts } from '../rewards/talked.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'card',
  paper: 'arXiv:2410.14660',
  about: 'GRPO on a reward that a chat model wrote as code, run in a sandbox; answers count not.',
  needs: ['environment'],
  differs: [
    'the code is written before the run, by minform write rewards; that is told how a run went by --after',
    'a step of a solution is a step of the world; the paper has arms of robots, and SAC and PPO',
    'learning rate for small models, and 8 rollouts a problem',
  ],
  options: {
    ...learning,
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, talkedParts(['coded'])),
      credit: credit.streams({ coded: credit.part('coded') }),
      advantages: advantages.combine({ coded: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
