import { logRatio, type ResponseLoss, sigmoid } from './loss.ts'

/**
 * Learns from outcomes alone (arXiv:2402.01306, eq. 8): 1 - sigmoid(r - z) of a right response and wrongWeight * (1 - sigmoid(z - r))
 * of a wrong one, r = beta * sum over the tokens of log(policy / reference), z the mean of r over answers that belong to other
 * problems (outcome null), at least 0 and a constant: how far the model has moved at all. A reward of steps as in arXiv:2412.01981.
 */
export function implicitKto({
  beta = 0.05,
  wrongWeight = 1,
}: {
  readonly beta?: number
  readonly wrongWeight?: number
} = {}): ResponseLoss {
  if (!(beta > 0 && beta < Infinity && wrongWeight > 0 && wrongWeight < Infinity))
    throw new RangeError(
      `implicitKto: beta ${beta}, wrongWeight ${wrongWeight}; expected numbers above 0`,
    )
  const of: ResponseLoss['of'] = responses_G => {
    const rewards_G = responses_G.map(response => beta * logRatio('implicitKto', response))
    const moved = rewards_G.filter((_, g) => responses_G[g]!.outcome === null)
    const sum = moved.reduce((a, b) => a + b, 0)
    const baseline = Math.max(0, sum / Math.max(1, moved.length))
    let [loss, terms] = [0, 0]
    const slopes_G_T = responses_G.map(({ outcome, policy_T }, g) => {
      if (outcome === null) return new Float32Array(policy_T.length)
      const [sign, weight] = outcome === 1 ? [1, 1] : [-1, wrongWeight]
      const value = sigmoid(sign * (rewards_G[g]! - baseline))
      loss += weight * (1 - value)
      terms++
      return new Float32Array(policy_T.length).fill(-sign * weight * beta * value * (1 - value))
    })
    return { loss, terms, slopes_G_T }
  }
  return { together: 'batch', of }
}
