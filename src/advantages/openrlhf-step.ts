import type { Baseline } from '../types.ts'
import { type Member, siblings } from './siblings.ts'

/**
 * The step baseline of PURE's OpenRLHF code (arXiv:2504.15275, eq. 8), which favours fewer steps:
 * A[t] = G[t] - steps from t's step on * mean of G_k[0] / steps_k over the others k.
 * The only labelled rollout of a group gets zeros.
 */
export function openrlhfStep(): Baseline {
  return siblings('openrlhfStep', {
    worth: ({ returns_T, rollout: { steps } }) => returns_T[0] / steps.length,
    remaining: stepsToCome,
  })
}

function stepsToCome({ rollout: { steps }, written_T }: Member): Float32Array {
  const remaining_T = new Float32Array(written_T.length)
  for (const [s, { start, end }] of steps.entries()) remaining_T.fill(steps.length - s, start, end)
  return remaining_T
}
