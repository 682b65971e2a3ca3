import { EngineError } from '../../errors.ts'
import { type Normal, overlapOf } from '../../numbers/bhattacharyya.ts'
import { mean } from '../../numbers/numeric.ts'
import { formulaFor } from '../../rewards/step-formulas.ts'
import type { PrmLayout } from '../layout.ts'
import { checkedScores, type StepScorer } from './step-scorer.ts'
import {
  type AskedModel,
  type ModelScorerOptions,
  readsOf,
  scoreWindows,
  windowsOf,
} from './windows.ts'

/** Scores steps by a token-classification head, read where the layout says, by the layout's formula. */
export function headScorer(
  { engine, tokens }: AskedModel<'classify'>,
  layout: PrmLayout,
  options: ModelScorerOptions = {},
): StepScorer {
  const { score, threshold, aggregation, convention } = layout
  if (score.head !== 'classes')
    throw new EngineError(`the layout ${convention} reads ${score.head}, not a head's classes`)
  const { classes, range, of } = formulaFor(score.formula, engine.info)
  const doubt = doubtBy(score.doubt)
  const scorer = { name: options.name ?? convention, range, threshold, aggregation }
  return {
    ...scorer,
    score: async (solutions, signal) => {
      const rows = await scoreWindows(
        solutions,
        one => windowsOf(one, layout, tokens, engine.info.maxPositions, options),
        async windows => {
          const asked = windows.map(one => ({ ids: one.reading.ids, at: readsOf(one) }))
          const logits = await engine.classify(asked, signal)
          return windows.map((window, w) =>
            readsOf(window).map(at => {
              const row = classes * at
              return of(logits[w]!, row) - doubt(logits[w]!, row)
            }),
          )
        },
      )
      return checkedScores(scorer, solutions, rows)
    },
    close: () => engine.close(),
  }
}

type Doubt = Extract<PrmLayout['score'], { head: 'classes' }>['doubt']

/** What is taken off the score of a row of a mean and the logarithm of a deviation (PURM, arXiv:2503.22480, eq. 9); 0 without a store. */
function doubtBy(doubt: Doubt): (logits: Float32Array, row: number) => number {
  if (doubt === undefined || doubt.store.length === 0) return () => 0
  const normal = (centre: number, log: number): Normal => ({
    mean: centre,
    deviation: Math.exp(log),
  })
  const store = doubt.store.map(([centre, log]) => normal(centre, log))
  return (logits, row) => {
    const own = normal(logits[row]!, logits[row + 1]!)
    return doubt.weight * mean(store.map(other => overlapOf(own, other)))
  }
}
