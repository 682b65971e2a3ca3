import type { Loss } from '../method.ts'
import { tokenWeights, trainedTokens } from './reduction.ts'

/**
 * ROVER: the log-ratio of the policy to that of the iteration's start is the value of a token, Q = scale * (log p - log p_before), and
 * is regressed to the reward, which stands where other losses have advantages, and the mean of Q over the vocabulary at the next
 * token, 0 after the last: (Q - target)^2, averaged over tokens (arXiv:2509.24981, eq. 7 to 9). The target has no slope.
 */
export function policyValue({ scale = 1 }: { readonly scale?: number } = {}): Loss {
  const of: Loss['of'] = batch => {
    const weights_G = tokenWeights('policyValue', batch, 'token-mean')
    let [loss, values] = [0, 0]
    const dlogprobs_G_T = batch.map((input, g) => {
      const { logprobs_T, proximal_T, means_T, proximalMeans_T, advantages_T, trained_T } = input
      if (proximal_T === null || means_T === undefined || proximalMeans_T === undefined)
        throw new RangeError(
          `policyValue: rollout ${g} has no proximal_T, means_T or proximalMeans_T`,
        )
      const dlogprobs_T = new Float32Array(logprobs_T.length)
      for (let t = 0; t < logprobs_T.length; t++) {
        if (trained_T[t] !== 1) continue
        const next = t + 1 < logprobs_T.length ? means_T[t + 1]! - proximalMeans_T[t + 1]! : 0
        const value = scale * (logprobs_T[t]! - proximal_T[t]!)
        const error = value - (advantages_T[t]! + scale * next)
        loss += weights_G[g]! * error ** 2
        dlogprobs_T[t] = 2 * weights_G[g]! * error * scale
        values += value
      }
      return dlogprobs_T
    })
    const metrics = { 'update/value_mean': values / Math.max(trainedTokens(batch), 1) }
    return { loss, dlogprobs_G_T, metrics }
  }
  return { needsReference: false, needsMeans: true, offPolicy: true, of }
}
