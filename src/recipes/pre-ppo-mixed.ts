import { learning, method, passes, recipe } from '../recipe.ts'
import { routed } from '../rewards/routed.ts'
import { earlyDomains } from '../rollouts/early-domains.ts'
import { hardest } from '../rollouts/hardest.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'pre-ppo-mixed',
  paper: 'arXiv:2503.22230',
  about: 'As pre-ppo; a chat model compares with a reference where nothing can be verified.',
  needs: ['chat'],
  differs: [
    'a chat model compares; the paper trains one. The best of earlier answers is no reference here',
    'problems are found hard by the policy as it is, in each iteration; the paper asks it once',
    'a fifth of the run begins with early domains; GRPO; rate for small models, 8 rollouts',
  ],
  options: {
    ...learning,
    candidates: { default: 2, help: 'problems that one is chosen of', min: 1, integer: true },
    probes: { default: 2, help: 'rollouts that say how hard one is', min: 1, integer: true },
    domain: { default: 'domain', help: "name of the domain in a problem's row" },
    early: { default: 'math,code', help: 'domains that a run begins with' },
    until: { default: 0.2, help: 'share of the run that it does', min: 0, max: 1 },
    ...passes,
  },
  build: ({ candidates, early, ...o }, { sample, grade, ask }, now) => {
    const rewards = routed(grade, ask, now.seed + now.iteration)
    const first = earlyDomains({ ...o, field: o.domain, domains: early.split(',') }, now)
    return method({
      problems: (draw, count) => first(draw, candidates * count),
      rollouts: hardest({ sample, grade: rewards, share: 1 / candidates, ...o }),
      rewards,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } }),
      ...{ passes: o, loss: update.clipped({ reduction: 'sequence-mean' }) },
    })
  },
})
