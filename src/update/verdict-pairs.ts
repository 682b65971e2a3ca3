import type { Engine } from '../engine/engine.ts'
import type { Pupil, Shown, ValueLoss } from '../method.ts'
import { verdictLabels } from './verdict-labels.ts'

/**
 * Teaches a verifier to say more at the end of right rollouts than of wrong ones: -log sigmoid(s of the right - s of the wrong), the mean
 * over all pairs of the minibatch, or over those of its k-th right and its k-th wrong one (arXiv:2508.05613, eq. 3). Reports the share of pairs that it had told.
 */
export function verdictPairs({ matched = false } = {}): ValueLoss {
  return {
    of: batch => {
      const isRight = batch.map(({ returns_T }) => returns_T.at(-1)! > 0.5)
      const said = batch.map(({ values_T }) => values_T.at(-1)!)
      const known = batch.flatMap(({ values_T }, g) => (values_T.length > 0 ? [g] : []))
      const [right, wrong] = [true, false].map(is => known.filter(g => isRight[g] === is))
      const partners = (k: number): number[] => (matched ? wrong!.slice(k, k + 1) : wrong!)
      const pairs = right!.reduce((sum, _, k) => sum + partners(k).length, 0)
      const slopes_G = new Float64Array(batch.length)
      let [loss, told] = [0, 0]
      for (const [k, i] of right!.entries())
        for (const j of partners(k)) {
          const gap = said[i]! - said[j]!
          loss += (Math.max(-gap, 0) + Math.log1p(Math.exp(-Math.abs(gap)))) / pairs
          const slope = 1 / (1 + Math.exp(gap)) / pairs
          slopes_G[i]! -= slope
          slopes_G[j]! += slope
          if (gap > 0) told++
        }
      const dvalues_G_T = batch.map(({ values_T }, g) =>
        values_T.map((_, t) => (t === values_T.length - 1 ? slopes_G[g]! : 0)),
      )
      return { loss, dvalues_G_T, metrics: { 'verifier/told': told / Math.max(pairs, 1) } }
    },
  }
}

export interface VerifierOptions {
  readonly learningRate: number
  readonly shown: Shown
  readonly before: boolean // it learns labels, not pairs
  readonly made: boolean // wrong ones are made of right ones, one of each of a problem
}

/** A verifier that learns, beside the policy, the stream `label` where it said `values`. */
export function verifier(
  engine: Engine,
  { learningRate, shown, before, made }: VerifierOptions,
): Pupil<'label' | 'values'> {
  const loss = before ? verdictLabels() : verdictPairs({ matched: made })
  const lesson = { of: 'values', values: 'values', returns: 'label', loss, shown } as const
  return { name: 'verifier', engine, learningRate, lesson }
}
