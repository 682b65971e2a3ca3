// First errors: where a judge says that a solution goes wrong, and where it does (ProcessBench, arXiv:2412.06559).

import type { StepScores } from '../score/step-scorer.ts'

/** A solution's first wrong step by its labels (-1: every step is right), and the judge's scores of its steps. */
export interface Judged {
  readonly first: number
  readonly scores_S: StepScores
}

/**
 * The first step that a judge calls wrong, which is one whose score is not above the threshold; -1 where it calls none
 * wrong, null where a score is missing before that is known.
 */
export function namedFirst(scores_S: StepScores, threshold: number): number | null {
  for (const [s, score] of scores_S.entries()) {
    if (score === null) return null
    if (!(score > threshold)) return s
  }
  return -1
}

/** Shares in [0, 1]; NaN where there is no solution of that kind. */
export interface FirstErrorQuality {
  readonly errors: number // solutions with a wrong step
  readonly right: number // solutions without
  readonly unnamed: number // of both, those with no answer, which is a wrong one
  readonly errorAccuracy: number // of the solutions with a wrong step, those whose first one is named
  readonly rightAccuracy: number // of the others, those where none is
  readonly f1: number // harmonic mean of the two; 0 where both are
}

/** ProcessBench's F1 of what a judge names. A name one step beside is as wrong as any other. */
export function firstErrorQuality(
  pairs: readonly { readonly first: number; readonly named: number | null }[],
): FirstErrorQuality {
  const errors = pairs.filter(({ first }) => first >= 0)
  const right = pairs.filter(({ first }) => first < 0)
  const share = (of: typeof pairs): number =>
    of.filter(({ first, named }) => named !== null && named === first).length / of.length
  const [errorAccuracy, rightAccuracy] = [share(errors), share(right)]
  return {
    errors: errors.length,
    right: right.length,
    unnamed: pairs.filter(({ named }) => named === null).length,
    errorAccuracy,
    rightAccuracy,
    f1: harmonic(errorAccuracy, rightAccuracy),
  }
}

/** The quality of a judge at a threshold. */
export function qualityAt(judged: readonly Judged[], threshold: number): FirstErrorQuality {
  return firstErrorQuality(
    judged.map(({ first, scores_S }) => ({ first, named: namedFirst(scores_S, threshold) })),
  )
}

function harmonic(a: number, b: number): number {
  return a + b === 0 ? 0 : (2 * a * b) / (a + b)
}
