import type { Loss, Slope } from '../types.ts'

/** The sum of losses, and of their slopes; of two metrics with one name the last is kept. */
export function sum(...terms: readonly Loss[]): Loss {
  const of: Loss['of'] = batch => {
    const slopes = terms.map(term => term.of(batch))
    const dlogprobs_G_T = batch.map(({ logprobs_T }, g) => {
      const total_T = new Float32Array(logprobs_T.length)
      for (const { dlogprobs_G_T } of slopes)
        for (let t = 0; t < total_T.length; t++) total_T[t] += dlogprobs_G_T[g][t]
      return total_T
    })
    return {
      loss: slopes.reduce((total, { loss }) => total + loss, 0),
      dlogprobs_G_T,
      metrics: Object.assign({}, ...slopes.map(({ metrics }) => metrics)) as Slope['metrics'],
    }
  }
  return { needsReference: terms.some(term => term.needsReference), of }
}
