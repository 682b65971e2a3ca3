import type { Baseline } from '../method.ts'
import { siblings } from './siblings.ts'

/**
 * RLOO: A[t] = G[t] - mean of G_k[0] over the other labelled rollouts k (arXiv:2402.14740).
 * The only labelled rollout of a group has nothing to be compared with and gets zeros.
 */
export function leaveOneOut(): Baseline {
  return siblings('leaveOneOut', {
    worth: ({ returns_T }) => returns_T[0],
    formula: {
      name: 'leave one out',
      formula: 'A[t] = G[t] - mean over the other labelled rollouts k of G_k[0]',
      source: 'arXiv:2402.14740',
    },
  })
}
leaveOneOut.trial = {}
