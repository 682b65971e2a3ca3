// What `minform eval --solutions` writes: right samples as worked solutions, to be imitated.

import { isRight } from '../rewards/grader.ts'
import type { Json } from '../types.ts'

/** A row of --out, as far as it is read. */
export interface EvalRow {
  readonly id: string
  readonly question: string
  readonly answer: string | null
  readonly meta: Readonly<Record<string, Json>>
  readonly rollouts: readonly { readonly text: string; readonly reward: number | null }[]
}

/**
 * Problems with the first right sample of each as its solution, those with the largest share of right ones first: from easy to hard, as
 * Aryabhata imitates them (arXiv:2508.08665, section 3.1). Problems without a right sample are left out.
 */
export function solutionRows(rows: readonly EvalRow[]): Json[] {
  const solved = rows.flatMap(({ id, question, answer, meta, rollouts }) => {
    const right = rollouts.filter(({ reward }) => isRight(reward ?? 0))
    if (right.length === 0) return []
    const solution = right[0]!.text.split(/\n\s*\n/).filter(step => step.trim() !== '')
    const share = right.length / rollouts.length
    return [{ share, row: { id, question, answer, solution, meta: { ...meta, solved: share } } }]
  })
  return solved.sort((a, b) => b.share - a.share).map(({ row }) => row)
}
