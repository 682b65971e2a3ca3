// A recipe of one's own, made of the parts of the pipeline and one new part: a credit rule that blames the first wrong
// step and nothing else: `minform train ./own-recipe.ts`. own-loop.ts runs it without the command.

import * as minform from 'minform'
import { advantages, credit, update } from 'minform'

/** 1 for every step of a rollout without a wrong one; else -1 for the first wrong step, and 0 for the others. */
const blameFirst: credit.Rule<minform.StepRewards> = minform.creditSteps(rewards_S => {
  const first = rewards_S.findIndex(reward => reward <= 0)
  return rewards_S.map((_, s) => (first < 0 ? 1 : s === first ? -1 : 0))
})

export default minform.recipe({
  name: 'blame-first',
  paper: 'none',
  about: 'Process rewards, the first wrong step alone being blamed.',
  needs: ['prm'],
  differs: [],
  options: { ...minform.common, learningRate: { ...minform.common.learningRate, default: 1e-4 } },
  build: (o, { sample, grade, scoreSteps }) =>
    minform.method({
      rollouts: sample(o.groupSize),
      rewards: minform.both(grade, scoreSteps),
      credit: credit.streams({ process: blameFirst }),
      advantages: advantages.combine(
        { process: { baseline: advantages.openrlhfStep(), weight: 1 } },
        { maskClosing: o.maskClosing, whiten: o.whiten ? 'openrlhf' : 'none' },
      ),
      loss: update.clipped({ clip: o.clip }),
    }),
})
