import type { Advantages } from '../method.ts'
import { combine } from './combine.ts'
import { followed } from './followed.ts'
import { leaveOneOut } from './leave-one-out.ts'

/**
 * Outcomes against the mean of the others, each token weighted by how sure a token reward model is, from the mean of its logits
 * up to there, that the answer comes out as it does: clip(2 p - 1, 0, 1) (arXiv:2502.06781, section 3.3). The stream `values`
 * holds the logits, each said before its token.
 */
export function prefixWeighted(): Advantages<'outcome' | 'values'> {
  const plain = combine({ outcome: { baseline: leaveOneOut(), weight: 1 } })
  return batch => {
    const streams_P = batch.streams_P.map(({ outcome }) => ({ outcome }))
    const before = plain({ ...batch, streams_P })
    const { advantages_P_G_T, metrics } = before
    const weighted_P_G_T = advantages_P_G_T.map((advantages_G_T, p) =>
      advantages_G_T.map((advantages_T, g) => {
        const { values, outcome } = batch.streams_P[p]
        const [logits_T, outcome_T] = [values[g], outcome[g]]
        if (logits_T === null || outcome_T === null) return advantages_T
        const weights_T = prefixWeights(logits_T, outcome_T[0] > 0.5)
        return advantages_T.map((a, t) => a * weights_T[t])
      }),
    )
    return {
      metrics,
      ...followed(
        before,
        {
          name: 'as far as it decides',
          formula:
            'A * clip(2 p - 1, 0, 1), p the chance of the outcome by what was written up to there',
          source: 'arXiv:2502.06781, section 3.3',
        },
        weighted_P_G_T,
      ),
    }
  }
}
prefixWeighted.trial = { not: 'it changes advantages, and is no baseline of a stream' }

/** clip(2 p - 1, 0, 1) at each token, p the chance of the outcome by the mean of the logits up to there. */
export function prefixWeights(logits_T: Float32Array, right: boolean): Float32Array {
  let sum = 0
  return logits_T.map((logit, t) => {
    sum += right ? logit : -logit
    const p = 1 / (1 + Math.exp(-sum / (t + 1)))
    return Math.min(Math.max(2 * p - 1, 0), 1)
  })
}
