import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { probed } from '../rewards/probed.ts'
import { probing } from '../rollouts/probing.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'prore',
  paper: 'arXiv:2509.21823',
  about:
    'GRPO on whether a chat model, which probes what rollouts have left behind, confirms them.',
  needs: ['chat', 'environment'],
  differs: [
    'a probe is one text to the environment; who plans them sees the replies, and acts for the agents',
    'the state is made again by telling a fresh environment what was written; the paper goes on in it',
    'pairs of claims are labelled and judged in one answer; the paper asks for each; prompts are own',
    'the paper judges and guides policies, and trains none; rate for small models, 8 rollouts',
  ],
  options: {
    ...learning,
    probes: { default: 2, help: 'of one round, at most', min: 1, integer: true },
    rounds: { default: 2, help: 'of probes, by what was seen', min: 1, integer: true },
    votes: { default: 1, help: 'on each rollout, with probes of their own', min: 1, integer: true },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, ask, sampler }, { seed, iteration }) =>
    method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, probed(ask, probing(sampler), { ...o, seed: seed + iteration })),
      credit: credit.streams({ confirmed: credit.part('confirmed') }),
      advantages: advantages.combine({
        confirmed: { baseline: advantages.groupNorm(), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip, reduction: 'sequence-mean' }),
      passes: o,
    }),
})
