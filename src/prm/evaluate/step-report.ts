// What there is to say of a judge on solutions whose steps are labelled.

import { mean } from '../../numbers/numeric.ts'
import type { StepScores } from '../score/step-scorer.ts'
import { firstBelow, type LabelledSolution } from '../solution.ts'
import { auc } from './auc.ts'
import { asShare, type Calibration, calibration } from './calibration.ts'
import { type FirstErrorQuality, type Judged, qualityAt } from './first-error.ts'
import { judgeScores, type PrmQuality } from './judge-scores.ts'
import { wholeScore } from './whole-score.ts'

/** A solution, and the judge's scores of its steps. */
export interface ScoredSolution {
  readonly solution: LabelledSolution
  readonly scores_S: StepScores
}

/** How scores are read. */
export interface Reading {
  readonly threshold: number // a step with a score above it is right
  readonly range: readonly [number, number]
}

export interface StepReport {
  readonly solutions: number
  readonly missing: number // labelled steps without a score
  readonly steps: PrmQuality
  readonly firstErrors: FirstErrorQuality
  readonly undecided: number // solutions in no measure of first errors: unknown labels hide whether there is one
  readonly stepAuc: number // of right steps over wrong ones
  readonly solutionAuc: number // of the lowest score, of solutions without an error over those with one
  readonly calibration: Calibration | null // null where the range of scores has no end
}

/** Measures of a judge, a label of 0.5 or more being right; every measure is NaN where there is nothing to count. */
export function stepReport(
  scored: readonly ScoredSolution[],
  { threshold, range }: Reading,
  { bins = 10 } = {},
): StepReport {
  const points = scored.flatMap(({ solution: { labels_S }, scores_S }) =>
    labels_S.flatMap((label, s) => (label === null ? [] : [{ label, score: scores_S[s]! }])),
  )
  const known = points.filter(isScored)
  const decided = scored.filter(isDecided)
  const judged = decided.map(judgedOf)
  const shares = known.flatMap(({ label, score }) => {
    const share = asShare(score, range)
    return share === null ? [] : [{ label, score: share }]
  })
  return {
    solutions: scored.length,
    missing: points.length - known.length,
    steps: judgeScores(
      scored.map(({ solution: { labels_S }, scores_S }) => ({
        labels_S: labels_S.map(label => (label === null ? null : label >= 0.5)),
        scores_S,
      })),
      { threshold },
    ),
    firstErrors: qualityAt(judged, threshold),
    undecided: scored.length - decided.length,
    stepAuc: auc(known.map(({ label, score }) => ({ score, positive: label >= 0.5 }))),
    solutionAuc: auc(
      judged.flatMap(({ first, scores_S }) => {
        const score = wholeScore(scores_S, 'min', { threshold })
        return score === null ? [] : [{ score, positive: first < 0 }]
      }),
    ),
    calibration: shares.length < known.length ? null : calibration(shares, { bins }),
  }
}

/** A solution as measures of first errors see it. */
export function judgedOf({ solution, scores_S }: ScoredSolution): Judged {
  return { first: firstBelow(solution.labels_S), scores_S }
}

/** Whether its labels say where a solution's first error is, or that there is none. */
export function isDecided({ solution: { labels_S } }: ScoredSolution): boolean {
  const first = firstBelow(labels_S)
  return !(first < 0 ? labels_S : labels_S.slice(0, first)).includes(null)
}

/** One subset of ProcessBench; `chosen` where the threshold was chosen on it. */
export interface SubsetReport {
  readonly name: string
  readonly chosen: boolean
  readonly quality: FirstErrorQuality
}

export interface SubsetsReport {
  readonly subsets: readonly SubsetReport[]
  readonly averageF1: number // the plain mean over subsets
  readonly averageF1OfOthers: number | null // without the one that the threshold was chosen on, where there is one
}

/** ProcessBench: F1 by subset, and its mean. */
export function subsetsReport(
  scored: readonly ScoredSolution[],
  threshold: number,
  chosenOn: string | null,
): SubsetsReport {
  const names = [...new Set(scored.map(({ solution }) => solution.kind ?? 'all'))]
  const subsets = names.map(name => {
    const inside = scored.filter(({ solution }) => (solution.kind ?? 'all') === name)
    const quality = qualityAt(inside.filter(isDecided).map(judgedOf), threshold)
    return { name, chosen: name === chosenOn, quality }
  })
  const average = (of: readonly SubsetReport[]): number => mean(of.map(({ quality }) => quality.f1))
  const others = subsets.filter(({ chosen }) => !chosen)
  return {
    subsets,
    averageF1: average(subsets),
    averageF1OfOthers: others.length < subsets.length ? average(others) : null,
  }
}

function isScored(point: {
  readonly label: number
  readonly score: number | null
}): point is { readonly label: number; readonly score: number } {
  return point.score !== null
}
