// Consensus: what completions end like, and what a judge says of the steps, must name the same first error. Completions
// alone forgive a wrong step that is put right later, and blame right ones that the policy cannot finish.

import type { StepScorer, StepScores } from '../score/step-scorer.ts'
import {
  ask,
  eachSolution,
  type Labeler,
  type Labelling,
  labelsUntil,
  type SolutionLabels,
} from './labeler.ts'
import { type MonteCarloOptions, monteCarlo } from './monte-carlo.ts'

export interface ConsensusOptions extends Pick<MonteCarloOptions, 'completions' | 'seed'> {
  /** A step with a score above it is right: the judge's own threshold. */
  readonly judge: Pick<StepScorer, 'threshold'>
}

/**
 * Labels by Monte-Carlo and by a judge, and keeps what both agree on: the first step without a right completion is the
 * first that the judge finds wrong, or there is none (consensus filtering, arXiv:2501.07301, section 2.2). Steps are right
 * before it, wrong there and null after it; all null where the two disagree, or where the judge left a step unscored before
 * its first error.
 */
export function consensus({ completions, seed, judge }: ConsensusOptions): Labeler {
  const name = 'consensus'
  const rollouts = monteCarlo({ completions, seed, stopAtFirst: true })
  return eachSolution(name, 'rightness', function* (one, { problem }): Labelling<SolutionLabels> {
    const { solution } = one
    const steps = solution.steps.length
    const nothing = solution.steps.map(() => null)
    const [rows] = yield* ask<'scores'>([{ kind: 'scores', solutions: [solution] }])
    const judged = firstJudgedWrong(rows![0]!, judge.threshold)
    if (judged === null) return { labels_S: nothing, missing: 'not-judged' }
    const [sampled] = yield* rollouts.label({ problem, solutions: [one] })
    const found = sampled!.labelled.labels_S.indexOf(0)
    if ((found < 0 ? steps : found) !== judged) return { labels_S: nothing, missing: 'disagreed' }
    return { labels_S: labelsUntil(judged, steps) }
  })
}

/** The first step that a judge finds wrong, or the number of steps; null where a step before it has no score. */
function firstJudgedWrong(scores_S: StepScores, threshold: number): number | null {
  const at = scores_S.findIndex(score => score === null || score <= threshold)
  if (at < 0) return scores_S.length
  return scores_S[at] === null ? null : at
}
