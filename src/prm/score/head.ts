import { EngineError } from '../../errors.ts'
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
  const scorer = { name: options.name ?? convention, range, threshold, aggregation }
  return {
    ...scorer,
    score: async (solutions, signal) => {
      const rows = await scoreWindows(
        solutions,
        one => windowsOf(one, layout, tokens, engine.info.maxPositions, options),
        async windows => {
          const ids = windows.map(({ reading }) => reading.ids)
          const logits = await engine.classify(ids, signal)
          return windows.map((window, w) => readsOf(window).map(at => of(logits[w]!, classes * at)))
        },
      )
      return checkedScores(scorer, solutions, rows)
    },
    close: () => engine.close(),
  }
}
