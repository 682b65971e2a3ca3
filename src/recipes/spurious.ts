import { learning, method, passes, recipe } from '../recipe.ts'
import { spurious, spuriousParts } from '../rewards/spurious.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'spurious',
  paper: 'arXiv:2506.10947',
  about: 'A control: GRPO on a reward that tells nothing of answers, or the wrong thing.',
  needs: [],
  differs: [
    'a wrong majority is that of the group itself; the paper asks a weak model beforehand',
    'answers agree where their boxes hold the same text',
    'learning rate for small models, and 8 rollouts a problem; the paper has 5e-7 and 16',
  ],
  options: {
    ...learning,
    reward: { default: 'random', help: 'its name, or several with + between' },
    word: { default: 'python', help: 'what the reward `word` looks for' },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade }, { seed, iteration }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: spurious(grade, spuriousParts(o.reward), { ...o, seed: seed + iteration }),
      credit: credit.streams({ control: credit.part('control') }),
      advantages: advantages.combine({ control: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
