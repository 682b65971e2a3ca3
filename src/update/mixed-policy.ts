import type { Loss } from '../method.ts'
import { type Reduction, tokenWeights, trainedTokens } from './reduction.ts'

export interface MixedPolicyOptions {
  readonly damping?: number // of the ratio of a replayed token; default 0.1
  readonly reduction?: Reduction
}

/**
 * -A * ratio of tokens of this iteration, -A * ratio / (ratio + damping) of replayed ones, the ratio being exp(logprob - sampled):
 * none of those outweighs the rest, and what the policy hardly says any more counts little (arXiv:2510.02245, eq. 6). Nothing
 * is clipped.
 */
export function mixedPolicy({
  damping = 0.1,
  reduction = 'token-mean',
}: MixedPolicyOptions = {}): Loss {
  if (!(damping > 0)) throw new RangeError(`mixedPolicy: damping must be above 0, got ${damping}`)
  const of: Loss['of'] = batch => {
    const weights_G = tokenWeights('mixedPolicy', batch, reduction)
    let [loss, replayed] = [0, 0]
    const dlogprobs_G_T = batch.map((input, g) => {
      const { logprobs_T, sampled_T, advantages_T, trained_T, replayed_T } = input
      const dlogprobs_T = new Float32Array(logprobs_T.length)
      for (let t = 0; t < dlogprobs_T.length; t++) {
        if (trained_T[t] === 0) continue
        const ratio = Math.exp(logprobs_T[t]! - sampled_T[t]!)
        const old = replayed_T?.[t] === 1
        const weight = -weights_G[g]! * advantages_T[t]!
        loss += weight * (old ? ratio / (ratio + damping) : ratio)
        dlogprobs_T[t] = weight * (old ? (damping * ratio) / (ratio + damping) ** 2 : ratio)
        replayed += Number(old)
      }
      return dlogprobs_T
    })
    const metrics = { 'update/replayed': replayed / Math.max(trainedTokens(batch), 1) }
    return { loss, dlogprobs_G_T, metrics }
  }
  return { needsReference: false, of }
}
