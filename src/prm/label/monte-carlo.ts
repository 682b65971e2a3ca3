// Monte-Carlo labels: what a step is worth shows in how completions from it end.

import { hashSeed } from '../../numbers/random.ts'
import { prefixOf } from '../../rollouts/from-prefix.ts'
import {
  ask,
  eachSolution,
  type GradedRollout,
  type GradedSolution,
  type Labeler,
  type Labelling,
  type RolloutAsk,
  type Work,
} from './labeler.ts'
import { regularisedValue } from './regularised.ts'

export interface MonteCarloOptions {
  /** Rollouts from the end of each step, or of each by the number of steps that have any. */
  readonly completions: number | ((steps: number) => readonly number[])
  readonly seed: number
  /**
   * 'hard': 1 where a completion ends right, else 0. 'soft': the share of those that do. A number: the value of that share,
   * regularised by so much (regularisedValue). Default 'hard'.
   */
  readonly labels?: 'hard' | 'soft' | number
  /** No step is looked at, nor labelled, after the first one without a right completion. Default false. */
  readonly stopAtFirst?: boolean
  /** Steps of a right answer count as right without a completion, as they do for the searches. Default false. */
  readonly trustAnswers?: boolean
  /** The source that labels name; default by their kind. */
  readonly name?: string
}

/**
 * Labels each step by `completions` rollouts from its end: the share that ends right, or whether one does
 * (Math-Shepherd, arXiv:2312.08935, eq. 3 and 4). The last step needs none: it is worth what the answer is.
 */
export function monteCarlo({
  completions,
  seed,
  labels = 'hard',
  stopAtFirst = false,
  trustAnswers = false,
  name = nameOf(labels),
}: MonteCarloOptions): Labeler {
  const labelOf = (rollouts: readonly GradedRollout[]): number => {
    const share = rightOf(rollouts) / rollouts.length
    if (typeof labels === 'number') return regularisedValue(share, labels)
    return labels === 'hard' ? Number(share > 0) : share
  }
  return eachSolution(name, 'value', function* (one) {
    const last = one.solution.steps.length - 1
    if (trustAnswers && one.answerRight) return { labels_S: one.solution.steps.map(() => 1) }
    const labels_S = new Array<number | null>(last + 1).fill(null)
    const n_S =
      typeof completions === 'number'
        ? new Array<number>(last).fill(completions)
        : completions(last)
    const wanted = Array.from({ length: last }, (_, s) => probe(one, s, n_S[s]!, seed))
    const rounds = stopAtFirst ? wanted.map(one => [one]) : [wanted]
    let s = 0
    for (const round of rounds) {
      for (const rollouts of yield* ask<'rollouts'>(round)) labels_S[s++] = labelOf(rollouts)
      if (stopAtFirst && labels_S[s - 1] === 0) return { labels_S }
    }
    labels_S[last] = Number(one.answerRight)
    return { labels_S }
  })
}

/** Asks for completions of a solution from the end of step `s`; `round` tells several of one step apart. */
export function probe(
  { solution, rollout }: GradedSolution,
  s: number,
  n: number,
  seed: number,
  round = 0,
): RolloutAsk {
  return {
    kind: 'rollouts',
    problem: solution.problem,
    prefix: prefixOf(rollout, s + 1),
    n,
    // by name, not by order: a labelling that goes on later asks for the same
    seed: hashSeed(seed, 'label', solution.problem.id, solution.id, s, round),
    purpose: 'labels',
  }
}

/** How many rollouts end right. */
export function rightOf(rollouts: readonly GradedRollout[]): number {
  return rollouts.filter(({ right }) => right === true).length
}

/** Right rollouts of a problem, and rollouts in all: its solutions, and as many more as make `n`. */
export function* valueOfProblem(
  { problem, solutions }: Work,
  n: number,
  seed: number,
): Labelling<{ readonly right: number; readonly n: number }> {
  const right = solutions.filter(one => one.answerRight).length
  const [first] = solutions
  if (first === undefined || solutions.length >= n) return { right, n: solutions.length }
  const [more] = yield* ask<'rollouts'>([
    {
      kind: 'rollouts',
      problem,
      prefix: prefixOf(first.rollout, 0),
      n: n - solutions.length,
      seed: hashSeed(seed, 'problem', problem.id),
      purpose: 'labels',
    },
  ])
  return { right: right + rightOf(more!), n }
}

function nameOf(labels: 'hard' | 'soft' | number): string {
  const kind = typeof labels === 'number' ? 'regularised' : labels
  return kind === 'hard' ? 'monte-carlo' : `monte-carlo-${kind}`
}
