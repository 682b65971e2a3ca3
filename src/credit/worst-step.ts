import type { StepRewards } from '../method.ts'
import { creditSteps } from './steps.ts'
import type { Rule } from './streams.ts'

/** Every step up to the worst one is worth the worst reward, later ones nothing (arXiv:2504.15275, eq. 3). */
export function worstStep(): Rule<StepRewards> {
  return creditSteps(untilWorst, {
    name: 'worst step',
    formula: 'G[s] = min r, up to the step that has it; 0 after it',
    source: 'arXiv:2504.15275, eq. 3',
  })
}
worstStep.trial = {}

/** returns[s] = min(rewards) for s <= argmin(rewards), else 0; the first of equal minima counts. */
export function untilWorst(rewards_S: Float32Array): Float32Array {
  let worst = 0
  for (let s = 1; s < rewards_S.length; s++) if (rewards_S[s] < rewards_S[worst]) worst = s
  return rewards_S.map((_, s) => (s <= worst ? rewards_S[worst] : 0))
}
