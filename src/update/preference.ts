import type { Loss, LossInput } from '../method.ts'
import { tokenWeights } from './reduction.ts'

/** How much likelier than under the reference a rollout is, in nats, and which way its advantages point. */
interface Side {
  readonly index: number
  readonly logRatio: number
  readonly sign: number // of the advantage of its first trained token; NaN where that is none
}

/**
 * Direct preference optimisation (arXiv:2305.18290, eq. 7): the mean of -log sigmoid(beta * (r_chosen - r_rejected)) over all pairs
 * of a group of a rollout with a positive and one with a negative advantage, r being the sum over trained tokens of log(policy /
 * reference). Without a pair the loss is 0. Throws RangeError where there is no reference.
 */
export function preference({ beta = 0.1 }: { readonly beta?: number } = {}): Loss {
  const of: Loss['of'] = batch => {
    tokenWeights('preference', batch, 'token-mean') // for its checks of lengths
    const sides = batch.map(sideOf).filter(side => side !== null)
    const pairs = sides.flatMap(chosen =>
      sides
        .filter(({ index }) => batch[index]!.group === batch[chosen.index]!.group)
        .flatMap(rejected => (chosen.sign > 0 && rejected.sign < 0 ? [[chosen, rejected]] : [])),
    ) as [Side, Side][]
    const slopes_G = batch.map(() => 0)
    let [loss, ahead] = [0, 0]
    for (const [chosen, rejected] of pairs) {
      const margin = beta * (chosen.logRatio - rejected.logRatio)
      loss += (Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)))) / pairs.length
      const slope = beta / (1 + Math.exp(margin)) / pairs.length
      slopes_G[chosen.index]! -= slope
      slopes_G[rejected.index]! += slope
      ahead += Number(margin > 0)
    }
    if (sides.some(({ sign }) => Number.isNaN(sign))) loss = Number.NaN
    return {
      loss,
      dlogprobs_G_T: batch.map(({ trained_T }, g) =>
        Float32Array.from(trained_T, own => (own === 1 ? slopes_G[g]! : 0)),
      ),
      metrics: {
        'update/pairs': pairs.length,
        'update/preferred': ahead / Math.max(pairs.length, 1),
      },
    }
  }
  return { needsReference: true, wholeGroups: true, offPolicy: true, of }
}

/** null of a rollout without a trained token. */
function sideOf(
  { logprobs_T, reference_T, advantages_T, trained_T }: LossInput,
  index: number,
): Side | null {
  const first = trained_T.indexOf(1)
  if (first < 0) return null
  if (reference_T === null) throw new RangeError(`preference: rollout ${index} has no reference_T`)
  let logRatio = 0
  for (let t = 0; t < trained_T.length; t++)
    if (trained_T[t] === 1) logRatio += logprobs_T[t] - reference_T[t]
  return { index, logRatio, sign: Math.sign(advantages_T[first]) }
}
