import type { Loss } from '../method.ts'
import { type Reduction, tokenWeights, trainedTokens, weighing } from './reduction.ts'

/** REINFORCE: -A * logprob, whatever policy sampled the token (Williams, 1992). */
export function reinforce({ reduction = 'token-mean' }: { reduction?: Reduction } = {}): Loss {
  const of: Loss['of'] = batch => {
    const weights_G = tokenWeights('reinforce', batch, reduction)
    let [loss, logprobs] = [0, 0]
    const dlogprobs_G_T = batch.map(({ logprobs_T, advantages_T, trained_T }, g) => {
      const dlogprobs_T = new Float32Array(logprobs_T.length)
      for (let t = 0; t < dlogprobs_T.length; t++) {
        if (trained_T[t] === 0) continue
        loss -= weights_G[g] * advantages_T[t] * logprobs_T[t]
        dlogprobs_T[t] = -weights_G[g] * advantages_T[t]
        logprobs += logprobs_T[t]
      }
      return dlogprobs_T
    })
    const metrics = { 'update/logprob_mean': logprobs / Math.max(trainedTokens(batch), 1) }
    return { loss, dlogprobs_G_T, metrics }
  }
  return { needsReference: false, weighing: weighing(reduction), of }
}
