import { logRatio, type ResponseLoss, sigmoid, softplus } from './loss.ts'

/**
 * Learns from pairs of a right and a wrong response to one problem, and keeps both about a margin m from what is expected:
 * -log sigmoid(a_right - a_wrong) - log sigmoid(m - a_right) - log sigmoid(m + a_wrong), with a = beta * sum over the tokens of
 * log(policy / reference) (advantage model, arXiv:2309.10202, section 3.1).
 */
export function boundedPairs({
  beta = 0.05,
  margin = 1,
}: {
  readonly beta?: number
  readonly margin?: number
} = {}): ResponseLoss {
  if (!(beta > 0 && beta < Infinity && margin > 0))
    throw new RangeError(`boundedPairs: beta ${beta}, margin ${margin}; expected numbers above 0`)
  const of: ResponseLoss['of'] = responses_G => {
    const [right, wrong] = responses_G
    if (responses_G.length !== 2 || right!.outcome !== 1 || wrong!.outcome !== 0)
      throw new RangeError(
        `boundedPairs: outcomes ${responses_G.map(({ outcome }) => outcome).join(', ')}; expected 1, 0`,
      )
    const above = beta * logRatio('boundedPairs', right!)
    const below = beta * logRatio('boundedPairs', wrong!)
    const apart = sigmoid(below - above)
    const slopes = [
      { of: right!, slope: beta * (sigmoid(above - margin) - apart) },
      { of: wrong!, slope: beta * (apart - sigmoid(-below - margin)) },
    ]
    return {
      loss: softplus(below - above) + softplus(above - margin) + softplus(-below - margin),
      terms: 1,
      slopes_G_T: slopes.map(({ of, slope }) => new Float32Array(of.policy_T.length).fill(slope)),
    }
  }
  return { together: 'pair', of }
}
