// What methods that train a token-classification head share.

import type { FormulaName } from '../../../rewards/step-formulas.ts'
import { stepFormulas } from '../../../rewards/step-formulas.ts'
import type { PrmLayout } from '../../layout.ts'

/** Weight of a wrong label, an option of methods whose labels are counted one by one. */
export const wrongWeight = {
  default: 1,
  help: 'how many right labels a wrong one counts as',
  min: 1e-6,
} as const

/** The layout with a score that reads such a head: its own where that is one of `formulas`, else the first of them. */
export function headLayout(base: PrmLayout, formulas: readonly FormulaName[]): PrmLayout {
  const { score } = base
  if (score.head === 'classes' && formulas.includes(score.formula)) return base
  const formula = formulas[0]!
  const { threshold } = stepFormulas[formula]
  return { ...base, score: { head: 'classes', formula }, threshold }
}
