// How a reward model that learns does on solutions that it does not learn from.

import { asShare, calibration } from '../evaluate/calibration.ts'
import { judgeScores, type PrmQuality } from '../evaluate/judge-scores.ts'
import { bestThreshold } from '../evaluate/threshold.ts'
import type { StepScorer, StepScores } from '../score/step-scorer.ts'
import type { LabelledSolution } from '../solution.ts'
import { type LabelRule, learnedLabels } from './labels.ts'

/** A model's scores of the steps of a solution, and whether each is right; null where nobody knows. */
export interface JudgedSteps {
  readonly labels_S: readonly (boolean | null)[]
  readonly scores_S: StepScores
}

/** The quality of judgements by a threshold. */
export interface Validation extends PrmQuality {
  readonly threshold: number // a step with a score above it is judged right
  /** Expected calibration error of scores as probabilities; NaN where they are none. */
  readonly calibrationError: number
}

/** Scores of solutions beside their labels, right or wrong by the rule. */
export async function judgedSteps(
  scorer: StepScorer,
  solutions: readonly LabelledSolution[],
  rule: Pick<LabelRule, 'mode' | 'threshold'>,
  signal?: AbortSignal,
): Promise<JudgedSteps[]> {
  const rows = await scorer.score(solutions, signal)
  return solutions.map((solution, i) => ({
    labels_S: learnedLabels(solution, { ...rule, soft: false }).map(label =>
      label === null ? null : label === 1,
    ),
    scores_S: rows[i]!,
  }))
}

/** How good judgements are; a step without a score counts as one without a label. */
export function validation(
  judged: readonly JudgedSteps[],
  threshold: number,
  range: readonly [number, number],
): Validation {
  const pairs = judged.map(({ labels_S, scores_S }) => ({
    labels_S: labels_S.map((label, s) => (scores_S[s] === null ? null : label)),
    scores_S: Float32Array.from(scores_S, score => (score === null ? 1 : score - threshold)),
  }))
  const points = judged.flatMap(({ labels_S, scores_S }) =>
    labels_S.flatMap((label, s) => {
      const score = scores_S[s] === null ? null : asShare(scores_S[s]!, range)
      return label === null || score === null ? [] : [{ score, label: Number(label) }]
    }),
  )
  const calibrationError = points.length === 0 ? Number.NaN : calibration(points).error
  return { ...judgeScores(pairs), threshold, calibrationError }
}

/**
 * The threshold with the best F1 of first errors here; null where solutions of both kinds, with and without an error and with
 * all their scores, are not there to choose by. It flatters any number that is measured on the same solutions.
 */
export function chosenThreshold(judged: readonly JudgedSteps[]): number | null {
  const known = judged.flatMap(({ labels_S, scores_S }) =>
    scores_S.includes(null) ? [] : [{ first: labels_S.indexOf(false), scores_S }],
  )
  const errors = known.filter(({ first }) => first >= 0).length
  return errors === 0 || errors === known.length ? null : bestThreshold(known).threshold
}
