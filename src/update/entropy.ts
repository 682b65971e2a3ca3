import type { Loss } from '../method.ts'
import { type Reduction, tokenWeights } from './reduction.ts'

export interface EntropyOptions {
  readonly coefficient: number
  readonly reduction?: Reduction
}

/**
 * The entropy bonus: -coefficient * H[t], H in nats, of the distribution that predicted each trained token
 * (arXiv:1707.06347, eq. 9). It has a slope for entropies alone, and a negative coefficient sharpens.
 */
export function entropy({ coefficient, reduction = 'token-mean' }: EntropyOptions): Loss {
  const of: Loss['of'] = batch => {
    const weights_G = tokenWeights('entropy', batch, reduction)
    const dlogprobs_G_T = batch.map(({ logprobs_T }) => new Float32Array(logprobs_T.length))
    if (coefficient === 0) return { loss: 0, dlogprobs_G_T, metrics: {} }
    return {
      loss: 0,
      dlogprobs_G_T,
      dentropies_G_T: batch.map(({ trained_T }, g) => {
        const dentropies_T = new Float32Array(trained_T.length)
        for (let t = 0; t < trained_T.length; t++)
          if (trained_T[t] === 1) dentropies_T[t] = -coefficient * weights_G[g]
        return dentropies_T
      }),
      metrics: {},
    }
  }
  return { needsReference: false, needsEntropies: coefficient !== 0, offPolicy: true, of }
}
