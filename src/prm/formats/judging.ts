// Labelled solutions as problems of a judge: which step is the first wrong one. What a policy is trained on that is to name it.

import { judgeMessages } from '../score/judge-styles.ts'
import { firstBelow, type LabelledSolution } from '../solution.ts'

/** A row of a file of problems. */
export interface JudgingRow {
  readonly id: string
  readonly question: string
  readonly answer: string // the index of the first wrong step, -1 where there is none
  readonly meta: { readonly steps: number }
}

/**
 * A labelled solution as a problem of judging it: a step is wrong where its label is below `threshold`. Null where a step has no
 * label before it is known which is the first.
 */
export function judgingRowOf(
  solution: LabelledSolution,
  { threshold = 0.5 } = {},
): JudgingRow | null {
  const { id, steps, labels_S } = solution
  const first = firstBelow(labels_S, threshold)
  const judged = first < 0 ? labels_S : labels_S.slice(0, first)
  if (steps.length === 0 || judged.includes(null)) return null
  const question = judgeMessages(solution, 'first-error').map(({ content }) => content)
  return {
    id,
    question: question.join('\n\n'),
    answer: String(first),
    meta: { steps: steps.length },
  }
}
