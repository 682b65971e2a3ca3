import type { Loss, LossInput } from '../method.ts'
import { tokenWeights } from './reduction.ts'

/** How much likelier than under the reference a rollout is, in nats, and which way its advantages point. */
interface Side {
  readonly index: number
  readonly logRatio: number
  readonly sign: number // of the advantage of its first trained token; NaN where that is none
  readonly weight: number // of its log-ratio
}

export interface PreferenceOptions {
  readonly beta?: number // default 0.1
  /** 'neighbours': a rollout and the next of its group alone are a pair. Default 'all'. */
  readonly pairs?: 'all' | 'neighbours'
  /** Whether a log-ratio is weighted by the size of its rollout's advantage; default false. */
  readonly weighted?: boolean
}

/**
 * Direct preference optimisation (arXiv:2305.18290, eq. 7): the mean of -log sigmoid(beta * (r_chosen - r_rejected)) over all pairs
 * of a group of a rollout with a positive and one with a negative advantage, r being the sum over trained tokens of log(policy /
 * reference), or, weighted, that times the size of the advantage (arXiv:2504.08672, eq. 9). Without a pair the loss is 0. Throws
 * RangeError where there is no reference.
 */
export function preference({
  beta = 0.1,
  pairs: which = 'all',
  weighted = false,
}: PreferenceOptions = {}): Loss {
  const of: Loss['of'] = batch => {
    tokenWeights('preference', batch, 'token-mean') // for its checks of lengths
    const sides = batch
      .map((input, index) => sideOf(input, index, weighted))
      .filter(side => side !== null)
    const meets = (a: Side, b: Side): boolean =>
      batch[a.index]!.group === batch[b.index]!.group &&
      (which === 'all' || b.index === a.index + 1)
    const pairs = sides.flatMap(chosen =>
      sides
        .filter(rejected => chosen.sign > 0 && rejected.sign < 0 && meets(chosen, rejected))
        .map(rejected => [chosen, rejected] as const),
    )
    const slopes_G = batch.map(() => 0)
    let [loss, ahead] = [0, 0]
    for (const [chosen, rejected] of pairs) {
      const margin = beta * (chosen.weight * chosen.logRatio - rejected.weight * rejected.logRatio)
      loss += (Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)))) / pairs.length
      const slope = beta / (1 + Math.exp(margin)) / pairs.length
      slopes_G[chosen.index]! -= slope * chosen.weight
      slopes_G[rejected.index]! += slope * rejected.weight
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
  weighted: boolean,
): Side | null {
  const first = trained_T.indexOf(1)
  if (first < 0) return null
  if (reference_T === null) throw new RangeError(`preference: rollout ${index} has no reference_T`)
  let logRatio = 0
  for (let t = 0; t < trained_T.length; t++)
    if (trained_T[t] === 1) logRatio += logprobs_T[t] - reference_T[t]
  const advantage = advantages_T[first]!
  const weight = weighted ? Math.abs(advantage) : 1
  return { index, logRatio, sign: Math.sign(advantage), weight }
}
