import type { Loss, LossInput } from '../method.ts'
import { importance, importanceLimit } from '../numbers/importance.ts'
import { trainedTokens } from './reduction.ts'

interface Truncation {
  readonly limit?: number // default importanceLimit
  readonly of?: 'all' | 'weights' // what of the sampler is corrected for; default all
}

/**
 * Truncated importance sampling, for a sampler that is not the trainer's policy: another engine, other weights, a
 * temperature, a filter. Each advantage is weighted by min(exp(proximal - drawn), limit), or with `of: 'weights'` by
 * min(exp(proximal - sampled), limit), which leaves temperature and filters alone, and the loss measures its ratio from the trainer's own policy at the iteration's start: min(p_proximal / p_drawn, limit) * L(p / p_proximal)
 * (F. Yao et al., "Your Efficient RL Framework Secretly Brings You Off-Policy RL Training", 2025; the limit on the weight
 * as in arXiv:1611.01224, section 3.2). Throws RangeError where proximal_T is missing or the limit is not above 0.
 */
export function truncated(
  loss: Loss,
  { limit = importanceLimit, of: drawnBy = 'all' }: Truncation = {},
): Loss {
  if (!(limit > 0)) throw new RangeError(`truncated: the limit must be above 0, got ${limit}`)
  const of: Loss['of'] = batch => {
    let [sum, cut] = [0, 0]
    const weighted = batch.map((input, g): LossInput => {
      const { sampled_T, proximal_T, advantages_T, trained_T } = input
      const drawn_T = drawnBy === 'all' ? input.drawn_T : sampled_T
      if (proximal_T === null) throw new RangeError(`truncated: rollout ${g} has no proximal_T`)
      const weighted_T = new Float32Array(advantages_T.length)
      for (let t = 0; t < weighted_T.length; t++) {
        if (trained_T[t] === 0) continue
        const weight = Math.exp(proximal_T[t] - drawn_T[t])
        weighted_T[t] = importance(proximal_T[t], drawn_T[t], limit) * advantages_T[t]
        sum += weight
        if (weight > limit) cut++
      }
      return { ...input, sampled_T: proximal_T, advantages_T: weighted_T }
    })
    const n = Math.max(trainedTokens(batch), 1)
    const { metrics, ...slope } = loss.of(weighted)
    const own = { 'update/importance_mean': sum / n, 'update/importance_cut': cut / n }
    return { ...slope, metrics: { ...metrics, ...own } }
  }
  const { weighing: _, ...rest } = loss // which would not tell of the weights here
  return { ...rest, needsProximal: true, readsDrawn: drawnBy === 'all', offPolicy: true, of }
}
