import type { ValueLoss } from '../method.ts'
import { type Reduction, trainedTokens, weightsOf } from './reduction.ts'

export interface ValueOptions {
  /** How far a value may move in one iteration, in units of reward; default Infinity. */
  readonly clip?: number
  readonly reduction?: Reduction
}

/**
 * The critic's loss, max((V - G)^2, (clip(V, before - clip, before + clip) - G)^2) / 2 with G the returns
 * (arXiv:1707.06347, eq. 9; clipped as in the code published with it). Reports the share of the variance of G that the
 * values at the iteration's start explained: 1 is all, 0 no more than a constant.
 */
export function value({ clip = Infinity, reduction = 'token-mean' }: ValueOptions = {}): ValueLoss {
  const of: ValueLoss['of'] = batch => {
    for (const { values_T, before_T, returns_T, trained_T } of batch)
      for (const [what, xs_T] of Object.entries({ before_T, returns_T, trained_T }))
        if (xs_T.length !== values_T.length)
          throw new RangeError(`value: ${values_T.length} values_T, ${xs_T.length} ${what}`)
    const weights_G = weightsOf(batch, reduction)
    let [loss, flat] = [0, 0]
    const dvalues_G_T = batch.map(({ values_T, before_T, returns_T, trained_T }, g) => {
      const dvalues_T = new Float32Array(values_T.length)
      for (let t = 0; t < dvalues_T.length; t++) {
        if (trained_T[t] === 0) continue
        const near = Math.min(Math.max(values_T[t], before_T[t] - clip), before_T[t] + clip)
        const [error, nearError] = [values_T[t] - returns_T[t], near - returns_T[t]]
        loss += (weights_G[g] * Math.max(error ** 2, nearError ** 2)) / 2
        if (nearError ** 2 > error ** 2)
          flat++ // what is cut has no slope
        else dvalues_T[t] = weights_G[g] * error
      }
      return dvalues_T
    })
    const metrics = {
      'critic/clipped_fraction': flat / Math.max(trainedTokens(batch), 1),
      'critic/explained_variance': explainedVariance(batch),
    }
    return { loss, dvalues_G_T, metrics }
  }
  return { of }
}

/** 1 - variance of G - V over that of G, over the trained tokens; 0 where G does not vary. */
function explainedVariance(batch: Parameters<ValueLoss['of']>[0]): number {
  let [n, returns, squares, errors, errorSquares] = [0, 0, 0, 0, 0]
  for (const { before_T, returns_T, trained_T } of batch)
    for (let t = 0; t < trained_T.length; t++) {
      if (trained_T[t] === 0) continue
      const error = returns_T[t] - before_T[t]
      n++
      returns += returns_T[t]
      squares += returns_T[t] ** 2
      errors += error
      errorSquares += error ** 2
    }
  const spread = squares - returns ** 2 / n
  // In float32 even equal returns vary by their rounding.
  return spread > 1e-9 * squares ? 1 - (errorSquares - errors ** 2 / n) / spread : 0
}
