import type { Loss } from '../method.ts'
import { type KlEstimator, klEstimators } from '../numbers/numeric.ts'
import { type Reduction, tokenWeights, trainedTokens } from './reduction.ts'

export interface KlOptions {
  readonly coefficient: number
  readonly estimator?: KlEstimator
  readonly reduction?: Reduction
}

/**
 * Coefficient times an estimate of KL(policy || reference) from the sampled tokens (klEstimators), in nats a
 * token: k2 and k3 pull back, k1 has slope 0 on average over the policy's own samples. A coefficient of 0
 * needs no reference; another one throws RangeError where there is none.
 */
export function kl({ coefficient, estimator = 'k3', reduction = 'token-mean' }: KlOptions): Loss {
  const { value, slope } = klEstimators[estimator]
  const of: Loss['of'] = batch => {
    const weights_G = tokenWeights('kl', batch, reduction)
    let [loss, sum] = [0, 0]
    const dlogprobs_G_T = batch.map(({ logprobs_T, reference_T, trained_T }, g) => {
      const dlogprobs_T = new Float32Array(logprobs_T.length)
      if (coefficient === 0) return dlogprobs_T
      if (reference_T === null) throw new RangeError(`kl: rollout ${g} has no reference_T`)
      for (let t = 0; t < dlogprobs_T.length; t++) {
        if (trained_T[t] === 0) continue
        const d = reference_T[t] - logprobs_T[t]
        loss += coefficient * weights_G[g] * value(d)
        dlogprobs_T[t] = coefficient * weights_G[g] * slope(d)
        sum += value(d)
      }
      return dlogprobs_T
    })
    const mean = sum / Math.max(trainedTokens(batch), 1)
    return { loss, dlogprobs_G_T, metrics: coefficient === 0 ? {} : { 'update/kl': mean } }
  }
  // k1 has slope 0 on average only over the policy's own samples; k2 and k3 are lowest at the reference, whoever sampled
  return {
    needsReference: coefficient !== 0,
    offPolicy: coefficient === 0 || estimator !== 'k1',
    of,
  }
}
