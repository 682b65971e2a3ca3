// A judge of steps, whatever is behind it: a head, a language model's label tokens, a ratio of two models, an oracle, a
// chat model. What its numbers mean belongs to it, not to who asks.

import { VerifierError } from '../../errors.ts'
import type { Solution } from '../solution.ts'

/** How the scores of a solution's steps become one score of the solution. */
export const aggregations = [
  'min',
  'soft-min',
  'product',
  'last',
  'mean',
  'geometric-mean',
  'max',
  'sum',
] as const
export type Aggregation = (typeof aggregations)[number]

/** One score a step of one solution; null where none was had (a judge did not answer), never made up. */
export type StepScores = readonly (number | null)[]

export interface StepScorer {
  readonly name: string
  /** Lowest and highest score; infinite where there is no bound. */
  readonly range: readonly [number, number]
  /** A step with a score above it is right. */
  readonly threshold: number
  /** The way its maker turns its step scores into one. */
  readonly aggregation: Aggregation
  /** Whether each solution is asked alone, so that it may be asked as soon as it is there; default all are better asked together. */
  readonly separate?: boolean
  /** Scores of each solution's steps, in order. */
  score(solutions: readonly Solution[], signal?: AbortSignal): Promise<readonly StepScores[]>
  close(): Promise<void>
}

/**
 * What a scorer answered, checked: a row a solution, a score a step, all within its range. Throws VerifierError for
 * anything else, since a score given to the wrong step is worse than none.
 */
export function checkedScores(
  scorer: Pick<StepScorer, 'name' | 'range'>,
  solutions: readonly Solution[],
  rows: readonly StepScores[],
): readonly StepScores[] {
  const { name, range } = scorer
  if (rows.length !== solutions.length)
    throw new VerifierError(
      `${name}: ${rows.length} rows of scores for ${solutions.length} solutions`,
    )
  rows.forEach((scores_S, i) => {
    const { id, steps } = solutions[i]!
    if (scores_S.length !== steps.length)
      throw new VerifierError(
        `${name}: ${scores_S.length} scores for the ${steps.length} steps of solution ${id}`,
      )
    scores_S.forEach((score, s) => {
      if (score !== null && !(score >= range[0] && score <= range[1]))
        throw new VerifierError(
          `${name}: step ${s} of solution ${id} has the score ${score}, outside of [${range.join(', ')}]`,
        )
    })
  })
  return rows
}
