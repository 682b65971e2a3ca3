import type { Loss } from '../method.ts'
import { type Reduction, tokenWeights, trainedTokens, weighing } from './reduction.ts'

export interface ClippedOptions {
  /** How far the ratio may move to either side; clipLow and clipHigh say it for one. */
  readonly clip?: number
  readonly clipLow?: number
  readonly clipHigh?: number
  /** Where the advantage is negative, the ratio counts as at most this, above 1; default Infinity. */
  readonly dualClip?: number
  /** The ratio counts as at most this and at least 1 over it, and is flat beyond (arXiv:2505.02835, eq. 4); default Infinity. */
  readonly ratioLimit?: number
  readonly reduction?: Reduction
}

/**
 * PPO's clipped surrogate, -min(ratio * A, clip(ratio, 1 - clipLow, 1 + clipHigh) * A), where ratio is
 * exp(logprob - sampled) (arXiv:1707.06347, eq. 7); two bounds as in arXiv:2503.14476, eq. 8. With a dual clip c
 * it is -max(min(...), c * A) where A < 0 (arXiv:1912.09729, eq. 5), so that one token cannot outweigh the rest.
 */
export function clipped({
  clip = 0.2,
  clipLow = clip,
  clipHigh = clip,
  dualClip = Infinity,
  ratioLimit = Infinity,
  reduction = 'token-mean',
}: ClippedOptions = {}): Loss {
  if (!(dualClip > 1)) throw new RangeError(`clipped: dualClip must be above 1, got ${dualClip}`)
  const least = 1 / ratioLimit
  const of: Loss['of'] = batch => {
    const weights_G = tokenWeights('clipped', batch, reduction)
    let [loss, ratios, largest, flat] = [0, 0, 0, 0]
    const dlogprobs_G_T = batch.map(({ logprobs_T, sampled_T, advantages_T, trained_T }, g) => {
      const dlogprobs_T = new Float32Array(logprobs_T.length)
      for (let t = 0; t < dlogprobs_T.length; t++) {
        if (trained_T[t] === 0) continue
        const free = Math.exp(logprobs_T[t] - sampled_T[t])
        const ratio = Math.min(Math.max(free, least), ratioLimit)
        const advantage = advantages_T[t]
        const surrogate = ratio * advantage
        const limit = Math.min(Math.max(ratio, 1 - clipLow), 1 + clipHigh) * advantage
        const floor = advantage < 0 ? dualClip * advantage : -Infinity
        loss -= weights_G[g] * Math.max(Math.min(surrogate, limit), floor)
        if (limit < surrogate || surrogate < floor || free > ratioLimit || free < least)
          flat++ // what is cut has no slope
        else dlogprobs_T[t] = -weights_G[g] * surrogate
        ratios += ratio
        largest = Math.max(largest, ratio)
      }
      return dlogprobs_T
    })
    const n = Math.max(trainedTokens(batch), 1)
    const metrics = {
      'update/clipped_fraction': flat / n,
      'update/ratio_mean': ratios / n,
      'update/ratio_max': largest,
    }
    return { loss, dlogprobs_G_T, metrics }
  }
  return { needsReference: false, offPolicy: true, weighing: weighing(reduction), of }
}
