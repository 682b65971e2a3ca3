import { logRatio, type ResponseLoss, sigmoid, softplus } from './loss.ts'

/**
 * Learns from pairs of a right and a wrong response, each against noise (arXiv:2402.05369, eq. 12): -log sigmoid(r_right) - (log
 * sigmoid(-r_right) + log sigmoid(-r_wrong)) / 2 with r = beta * sum over the tokens of log(policy / reference). Not only their
 * difference counts: what is right becomes likelier than in the reference. A reward of steps as in arXiv:2412.01981.
 */
export function implicitNca({ beta = 0.05 }: { readonly beta?: number } = {}): ResponseLoss {
  if (!(beta > 0 && beta < Infinity))
    throw new RangeError(`implicitNca: beta ${beta}; expected a number above 0`)
  const of: ResponseLoss['of'] = responses_G => {
    const [right, wrong] = responses_G
    if (responses_G.length !== 2 || right!.outcome !== 1 || wrong!.outcome !== 0)
      throw new RangeError(
        `implicitNca: outcomes ${responses_G.map(({ outcome }) => outcome).join(', ')}; expected 1, 0`,
      )
    const [high, low] = [right!, wrong!].map(one => beta * logRatio('implicitNca', one))
    const slopes = [sigmoid(high!) / 2 - sigmoid(-high!), sigmoid(low!) / 2]
    return {
      loss: softplus(-high!) + (softplus(high!) + softplus(low!)) / 2,
      terms: 1,
      slopes_G_T: [right!, wrong!].map(({ policy_T }, i) =>
        new Float32Array(policy_T.length).fill(beta * slopes[i]!),
      ),
    }
  }
  return { together: 'pair', of }
}
