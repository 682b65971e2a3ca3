import type { Engine } from '../engine/engine.ts'
import type { Pupil, ValueLoss } from '../method.ts'

/**
 * Teaches a verifier to say more at the end of right rollouts than of wrong ones: -log sigmoid(s of the right - s of the wrong), the mean
 * over all pairs of the minibatch (arXiv:2508.05613, eq. 3). Reports the share of pairs that it had told.
 */
export function verdictPairs(): ValueLoss {
  return {
    of: batch => {
      const ends = batch.map(({ trained_T }) => trained_T.lastIndexOf(1))
      const isRight = batch.map(({ returns_T }, g) => returns_T[ends[g]!]! > 0.5)
      const said = batch.map(({ values_T }, g) => values_T[ends[g]!]!)
      const known = batch.flatMap((_, g) => (ends[g]! >= 0 ? [g] : []))
      const [right, wrong] = [true, false].map(is => known.filter(g => isRight[g] === is))
      const pairs = right!.length * wrong!.length
      const slopes_G = new Float64Array(batch.length)
      let [loss, told] = [0, 0]
      for (const i of right!)
        for (const j of wrong!) {
          const gap = said[i]! - said[j]!
          loss += (Math.max(-gap, 0) + Math.log1p(Math.exp(-Math.abs(gap)))) / pairs
          const slope = 1 / (1 + Math.exp(gap)) / pairs
          slopes_G[i]! -= slope
          slopes_G[j]! += slope
          if (gap > 0) told++
        }
      const dvalues_G_T = batch.map(({ values_T }, g) =>
        values_T.map((_, t) => (t === ends[g] ? slopes_G[g]! : 0)),
      )
      return { loss, dvalues_G_T, metrics: { 'verifier/told': told / Math.max(pairs, 1) } }
    },
  }
}

/** A verifier that learns, beside the policy, the stream `outcome` where it said `values`. */
export function verifier(engine: Engine, learningRate: number): Pupil<'outcome' | 'values'> {
  const lesson = {
    ...({ of: 'values', values: 'values', returns: 'outcome' } as const),
    loss: verdictPairs(),
  }
  return { name: 'verifier', engine, learningRate, lesson }
}
