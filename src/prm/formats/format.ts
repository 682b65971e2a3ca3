// What a format of step labels is: how its rows are known, and what is read from one.

import type { Problem } from '../../types.ts'
import type { LabelledSolution } from '../solution.ts'

export const neutralMeanings = ['positive', 'negative', 'unknown'] as const
export const humanMeanings = ['positive', 'unknown'] as const
export const sharings = ['every', 'once'] as const

/** What the files leave to whoever reads them. */
export interface FormatOptions {
  /** PRM800K: what its neutral rating is. There is no default, since published readers disagree. */
  readonly neutral?: (typeof neutralMeanings)[number]
  /** PRM800K: what a step is that a labeller wrote, and nobody rated. Default 'unknown'. */
  readonly human?: (typeof humanMeanings)[number]
  /** PRM800K: also a solution for every completion that was not chosen. Default false. */
  readonly alternatives?: boolean
  /** MATH-APS: whether the label of a step that several solutions share stands in each of them. Default 'every'. */
  readonly shared?: (typeof sharings)[number]
  /** PRMBench: also the right solutions that its redundant ones were made from. Default false. */
  readonly originals?: boolean
}

/** Where a row stands. */
export interface RowPlace {
  readonly where: string // for messages: the file as it was named, and the row
  readonly id: string // for solutions without a name of their own: unlike any other row's
}

export interface StepFormat {
  readonly about: string
  /** Whether a row has the fields that make it one of this format, whatever they hold. */
  readonly fits: (row: unknown) => boolean
  /** Throws ConfigError where an option is missing that it cannot do without. */
  readonly check?: (options: FormatOptions) => void
  /** The solutions of a row; throws DataError that names the row and the field. */
  readonly read: (
    row: unknown,
    place: RowPlace,
    options: FormatOptions,
  ) => readonly LabelledSolution[]
}

/** Whether a row is an object with these fields, and without those. */
export function hasFields(
  row: unknown,
  names: readonly string[],
  without: readonly string[] = [],
): row is Readonly<Record<string, unknown>> {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return false
  const there = (name: string): boolean => Object.hasOwn(row, name)
  return names.every(there) && !without.some(there)
}

/** A problem of which a file says no more than its question. */
export function asProblem(
  id: string,
  question: string,
  more: Partial<Pick<Problem, 'answer' | 'solution' | 'meta'>> = {},
): Problem {
  return { id, prompt: question, answer: null, solution: null, meta: {}, ...more }
}
