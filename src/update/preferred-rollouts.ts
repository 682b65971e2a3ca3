import type { Engine } from '../engine/engine.ts'
import type { Loss, Pupil } from '../method.ts'

/**
 * Teaches an implicit reward model which rollouts of a group are right: -log sigmoid(reward of a right one - reward of a wrong one),
 * the mean over all such pairs, where the reward of a rollout is beta * sum_t (log p - log p of the policy that sampled)
 * (arXiv:2509.19199, eq. 5). Reports the share of pairs that it had told.
 */
export function preferredRollouts({ beta }: { readonly beta: number }): Loss {
  const of: Loss['of'] = batch => {
    const rewards_G = batch.map(({ logprobs_T, sampled_T, trained_T }) =>
      logprobs_T.reduce(
        (sum, x, t) => sum + (trained_T[t] === 1 ? beta * (x - sampled_T[t]!) : 0),
        0,
      ),
    )
    const pairs = batch.flatMap((right, i) =>
      batch.flatMap((wrong, j) => (isPair(right, wrong) ? [[i, j] as const] : [])),
    )
    const slopes_G = new Float64Array(batch.length)
    let [loss, told] = [0, 0]
    for (const [i, j] of pairs) {
      const gap = rewards_G[i]! - rewards_G[j]!
      loss += (Math.max(-gap, 0) + Math.log1p(Math.exp(-Math.abs(gap)))) / pairs.length
      const slope = -1 / (1 + Math.exp(gap)) / pairs.length
      slopes_G[i]! += beta * slope
      slopes_G[j]! -= beta * slope
      if (gap > 0) told++
    }
    const dlogprobs_G_T = batch.map(({ trained_T }, g) =>
      Float32Array.from(trained_T, trained => trained * slopes_G[g]!),
    )
    return { loss, dlogprobs_G_T, metrics: { 'update/told': told / Math.max(pairs.length, 1) } }
  }
  return { needsReference: false, wholeGroups: true, of }
}

type Graded = Pick<Parameters<Loss['of']>[0][number], 'group' | 'outcome'>

function isPair(right: Graded, wrong: Graded): boolean {
  if (right.group !== wrong.group || right.outcome === null || wrong.outcome === null) return false
  return right.outcome > 0.5 && wrong.outcome <= 0.5
}

/** A model that learns, beside the policy, which rollouts are right, from the pairs of the stream `outcome`. */
export function preferenceModel(
  engine: Engine,
  { beta, rate }: { readonly beta: number; readonly rate: number },
): Pupil<'outcome'> {
  const lesson = {
    of: 'tokens',
    stream: 'outcome',
    loss: preferredRollouts({ beta }),
    reference: null,
  } as const
  return { name: 'reward_model', engine, learningRate: rate, lesson }
}
