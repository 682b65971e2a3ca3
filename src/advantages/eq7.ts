import type { Baseline, Given } from '../method.ts'
import { type Member, siblings } from './siblings.ts'

/**
 * PURE's token-level baseline (arXiv:2504.15275, eq. 7): what the others earn per token of the longest
 * allowed answer, for each token to come, so that length earns nothing by itself.
 * A[t] = G[t] - (maxTokens - t) * mean of G_k[0] over the others k / maxTokens, t counting the
 * policy's own tokens. The only labelled rollout of a group gets zeros.
 */
export function eq7({ maxTokens }: { maxTokens: number }): Baseline {
  if (!(maxTokens > 0)) throw new RangeError(`eq7: maxTokens must be above 0, got ${maxTokens}`)
  return siblings('eq7', {
    worth: ({ returns_T }) => returns_T[0] / maxTokens,
    charge: (member, rate, into_T) => tokensToCome(member, rate, maxTokens, into_T),
    formula: {
      name: 'tokens to come',
      formula: `A[t] = G[t] - (${maxTokens} - t) * mean over the others k of G_k[0] / ${maxTokens}`,
      source: 'arXiv:2504.15275, eq. 7',
      options: { maxTokens },
    },
  })
}
eq7.trial = { usual: ({ maxTokens }: Given) => ({ maxTokens }) }

function tokensToCome(
  { returns_T, written_T }: Member,
  rate: number,
  maxTokens: number,
  into_T: Float32Array,
): void {
  let left = maxTokens
  for (let t = 0; t < into_T.length; t++) {
    if (written_T[t] === 0) continue
    into_T[t] = returns_T[t] - rate * left
    left--
  }
  if (left < 0) throw new RangeError(`eq7: ${maxTokens - left} tokens, more than ${maxTokens}`)
}
