// What every format of step labels is read into, and what every scorer of steps reads.

import type { Problem } from '../types.ts'

/** A written solution of a problem, one string a step, without separators. */
export interface Solution {
  readonly id: string // unique within a file
  readonly problem: Problem // its prompt is the bare question where a file holds no more
  readonly steps: readonly string[]
  readonly ended?: boolean // false where it was cut off before its end; default true
  /** More may follow: behind the last step, or within it where `ended` is false. Default false. */
  readonly goesOn?: boolean
  /** How many of the first steps are judged already: a scorer may leave their scores out, as null. Default 0. */
  readonly judged?: number
}

/**
 * What a label says. 'rightness': the step itself is right (1) or wrong (0), or how sure a judge is of it. 'value': the
 * share of completions from here that end right, which may rise again after a wrong step (Math-Shepherd, OmegaPRM).
 */
export type LabelMeaning = 'rightness' | 'value'

/** A solution whose steps are labelled. */
export interface LabelledSolution extends Solution {
  readonly labels_S: readonly (number | null)[] // in [0, 1], as many as steps; null where nobody knows
  readonly meaning: LabelMeaning
  readonly answerRight: boolean | null // whether its final answer is; null where nobody knows
  readonly source: string // name of the format
  readonly kind: string | null // what its source sorts it under, such as a class of errors
}

/** Index of the first step labelled below `threshold`; -1 where none is. */
export function firstBelow(labels_S: readonly (number | null)[], threshold = 0.5): number {
  return labels_S.findIndex(label => label !== null && label < threshold)
}
