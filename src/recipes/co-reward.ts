import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { peerVote, slowTeacher } from '../rewards/peer-vote.ts'
import { independent } from '../rollouts/independent.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'co-reward',
  paper: 'arXiv:2508.00410',
  about: 'No answers: right is what most say of the question in other words, or a slow copy says.',
  needs: [], // grades are logged, and never learned from
  beside: { teacher: { about: 'a slow copy whose answers are voted on', classes: null } },
  abilities: { blends: 'its teacher follows the policy' },
  differs: [
    'rollouts of the rewritten question are voted on, and not learned from',
    "other words are the rewrite of a problem's row, which minform write rewrites has a model write",
    'learning rate for small models, and the deviation is that of the group',
  ],
  options: {
    ...learning,
    view: { default: 'teacher', choices: ['teacher', 'rewrite', 'both'], help: 'who votes' },
    keeps: { default: 0.99, help: 'share of itself that the teacher keeps', min: 0, max: 1 },
    klCoef: { default: 5e-3, help: 'weight of the KL in the loss; 0 needs no reference', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: ({ view, groupSize: n, ...o }, { sample, grade, sampler, model, policy, render }, now) => {
    const engine = model('teacher')
    const slow = slowTeacher(independent({ ...sampler, engine }, n), { engine, policy, ...o }, now)
    const peers = view === 'rewrite' ? sample(n) : slow
    return method({
      rollouts: sample(n),
      rewards: both(grade, peerVote({ peers, render: view === 'teacher' ? null : render, now })),
      credit: credit.streams({ outcome: credit.part('agrees') }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.sum(update.clipped(o), update.kl({ coefficient: o.klCoef })),
      passes: o,
    })
  },
})
