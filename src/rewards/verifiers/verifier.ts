// What judges an answer. Every verifier is a function of a known and a predicted text; they combine.

import type { GradeRequest } from '../grade/grade.ts'
import type { Grade, Method, Reason } from '../grade/verdict.ts'

/** A verdict with its worth: 1 for right, 0 for wrong, between where verifiers are weighed. */
export interface Verdict {
  readonly correct: boolean | null // null: cannot be graded
  readonly reason: Reason | 'equal'
  readonly method: Method | null
  readonly score: number | null // 0 to 1; null where correct is null
}

/** Judges a prediction; never throws on any text. */
export type Verifier = (request: GradeRequest) => Verdict

/** A grade as a verdict. */
export function verdictOf(grade: Grade): Verdict {
  return { ...grade, score: grade.correct === null ? null : Number(grade.correct) }
}
