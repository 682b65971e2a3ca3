import { logRatio, type ResponseLoss, sigmoid, softplus } from './loss.ts'

/**
 * Learns from pairs of a right and a wrong response to one problem (arXiv:2305.18290, eq. 7): -log sigmoid(r_right -
 * r_wrong) with r = beta * sum over the tokens of log(policy / reference). What it learns is a reward of steps as in
 * arXiv:2412.01981.
 */
export function implicitDpo({ beta = 0.05 }: { readonly beta?: number } = {}): ResponseLoss {
  if (!(beta > 0 && beta < Infinity))
    throw new RangeError(`implicitDpo: beta ${beta}; expected a number above 0`)
  const of: ResponseLoss['of'] = responses_G => {
    const [right, wrong] = responses_G
    if (responses_G.length !== 2 || right!.outcome !== 1 || wrong!.outcome !== 0)
      throw new RangeError(
        `implicitDpo: outcomes ${responses_G.map(({ outcome }) => outcome).join(', ')}; expected 1, 0`,
      )
    const difference = logRatio('implicitDpo', right!) - logRatio('implicitDpo', wrong!)
    const slope = beta * sigmoid(-beta * difference)
    const slopes_G_T = [
      new Float32Array(right!.policy_T.length).fill(-slope),
      new Float32Array(wrong!.policy_T.length).fill(slope),
    ]
    return { loss: softplus(-beta * difference), terms: 1, slopes_G_T }
  }
  return { together: 'pair', of }
}
