import { logRatio, type ResponseLoss, sigmoid, softplus } from './loss.ts'

/**
 * Learns from outcomes alone (arXiv:2412.01981): the reward of a response is r = beta * sum over its tokens of
 * log(policy / reference), and the loss is the cross-entropy of sigmoid(r) with the outcome. The partial sums are then
 * values of prefixes, and their differences rewards of steps, which nobody labelled.
 */
export function implicitCrossEntropy({
  beta = 0.05,
}: {
  readonly beta?: number
} = {}): ResponseLoss {
  if (!(beta > 0 && beta < Infinity))
    throw new RangeError(`implicitCrossEntropy: beta ${beta}; expected a number above 0`)
  const of: ResponseLoss['of'] = responses_G => {
    let loss = 0
    const slopes_G_T = responses_G.map(response => {
      const reward = beta * logRatio('implicitCrossEntropy', response)
      const { outcome, policy_T } = response
      if (outcome === null)
        throw new RangeError('implicitCrossEntropy: outcome null; expected 1, 0')
      loss += softplus(reward) - outcome * reward
      return new Float32Array(policy_T.length).fill(beta * (sigmoid(reward) - outcome))
    })
    return { loss, terms: responses_G.length, slopes_G_T }
  }
  return { together: 'one', of }
}
