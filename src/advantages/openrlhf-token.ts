import type { Baseline } from '../method.ts'
import { count, type Member, siblings } from './siblings.ts'

/**
 * The token baseline of PURE's OpenRLHF code: each step pays, for every token but its closing one,
 * what the others earned per token: A[t] = G[t] - content tokens from t's step on * sum of G_k[0] / sum of
 * lengths, over the others k. The only labelled rollout of a group gets zeros.
 */
export function openrlhfToken(): Baseline {
  return siblings('openrlhfToken', {
    worth: ({ returns_T }) => returns_T[0],
    size: ({ written_T }) => count(written_T),
    charge: contentToCome,
    formula: {
      name: 'content to come',
      formula:
        'A[t] = G[t] - content tokens from t on * sum of G_k[0] / sum of lengths, over the others k',
      source: "PURE's OpenRLHF code",
    },
  })
}
openrlhfToken.trial = {}

function contentToCome(
  { rollout: { steps }, returns_T, written_T }: Member,
  rate: number,
  into_T: Float32Array,
): void {
  let left = 0
  for (let s = steps.length - 1; s >= 0; s--) {
    const { start, end } = steps[s]
    left += count(written_T, start, end - 1) // the closing token does not pay
    for (let t = start; t < end; t++) if (written_T[t] === 1) into_T[t] = returns_T[t] - rate * left
  }
}
