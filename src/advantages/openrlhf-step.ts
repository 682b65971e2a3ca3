import type { Baseline } from '../method.ts'
import { type Member, siblings } from './siblings.ts'

/**
 * The step baseline of PURE's OpenRLHF code (arXiv:2504.15275, eq. 8), which favours fewer steps:
 * A[t] = G[t] - steps from t's step on * mean of G_k[0] / steps_k over the others k.
 * The only labelled rollout of a group gets zeros.
 */
export function openrlhfStep(): Baseline {
  return siblings('openrlhfStep', {
    worth: ({ returns_T, rollout: { steps } }) => returns_T[0] / steps.length,
    charge: stepsToCome,
    formula: {
      name: 'steps to come',
      formula: "A[t] = G[t] - steps from t's on * mean over the others k of G_k[0] / steps_k",
      source: 'arXiv:2504.15275, eq. 8',
    },
  })
}
openrlhfStep.trial = {}

function stepsToCome(
  { rollout: { steps }, returns_T, written_T }: Member,
  rate: number,
  into_T: Float32Array,
): void {
  for (const [s, { start, end }] of steps.entries())
    for (let t = start; t < end; t++)
      if (written_T[t] === 1) into_T[t] = returns_T[t] - rate * (steps.length - s)
}
