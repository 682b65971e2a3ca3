import { learning, method, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { values } from '../rewards/values.ts'
import { advantages, credit, update } from '../stages.ts'

// of the other streams the verifier alone learns
const part = (weight: number) => ({ baseline: advantages.groupNorm(), weight })
const seen = { outcome: credit.outcome(), values: credit.values() }

export default recipe({
  name: 'cooper',
  paper: 'arXiv:2508.05613',
  about:
    'GRPO on what a verifier says, which learns right from wrong rollouts while the policy does.',
  needs: ['grader'],
  beside: { verifier: { about: 'says whether a rollout is right', classes: 1 } },
  differs: [
    'outcomes are the reward until it has learned for some iterations; the paper trains it before',
    'it learns from wrong rollouts, of all problems; in the paper a chat model makes right ones wrong',
    'it is not told the known answer; no KL; the deviation is that of the group; rates for small models',
  ],
  options: {
    ...learning,
    byRule: { default: 20, help: 'iterations in which outcomes are the reward', min: 0 },
    verifierRate: { default: 3e-4, help: 'step size of AdamW for the verifier', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
  },
  build: (o, { sample, grade, model }, { iteration }) => {
    const byRule = iteration <= o.byRule
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(grade, values(model('verifier'))),
      credit: credit.streams({ ...seen, verdict: credit.verdict({ byRule }) }),
      advantages: advantages.combine({ verdict: part(1), outcome: part(0), values: part(0) }),
      loss: update.clipped({ clip: o.clip }),
      also: [update.verifier(model('verifier'), o.verifierRate)],
    })
  },
})
