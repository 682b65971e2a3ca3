// Binary search for the first error: a wrong answer has one, and whether it lies before a step shows in completions from
// there. log2 of the number of steps are looked at instead of all.

import {
  ask,
  eachSolution,
  type GradedSolution,
  type Labeler,
  type Labelling,
  labelsUntil,
  type SolutionLabels,
} from './labeler.ts'
import { probe, rightOf, valueOfProblem } from './monte-carlo.ts'

export interface BinarySearchOptions {
  readonly completions: number // from the end of each step that is looked at
  readonly seed: number
}

/**
 * Labels steps as right before the first one from whose end no completion is right, as wrong there, and not after it
 * (OmegaPRM, arXiv:2406.06592, section 3.2): at most ceil(log2 S) steps are looked at. All steps of a right answer count as
 * right. Where the policy never solves the problem, nothing can be said: those labels are null.
 */
export function binarySearch({ completions, seed }: BinarySearchOptions): Labeler {
  return {
    name: 'binary-search',
    *label(work) {
      const known = work.solutions.some(one => one.answerRight)
      const n = known ? 0 : work.solutions.length + completions
      const solved = (yield* valueOfProblem(work, n, seed)).right > 0
      const isRight: StepTest = function* (one, s) {
        const [rollouts] = yield* ask<'rollouts'>([probe(one, s, completions, seed)])
        return rightOf(rollouts!) > 0
      }
      return yield* firstErrors('binary-search', isRight, halfway, solved).label(work)
    },
  }
}

/** Whether steps up to and with `s` are right. */
export type StepTest = (one: GradedSolution, s: number) => Labelling<boolean>

/** Which step to look at next of those after `low`, which is right, and before `high`, which is wrong. */
export type StepOrder = (one: GradedSolution, low: number, high: number) => number

/** The middle one. */
export const halfway: StepOrder = (_, low, high) => (low + high) >> 1

/** A labeler that narrows down the first error of each wrong answer; without labels where the problem is not `solved`. */
export function firstErrors(
  name: string,
  isRight: StepTest,
  order: StepOrder,
  solved: boolean,
): Labeler {
  return eachSolution(name, 'rightness', function* (one): Labelling<SolutionLabels> {
    const steps = one.solution.steps.length
    if (one.answerRight) return { labels_S: labelsUntil(steps, steps) }
    if (!solved) return { labels_S: one.solution.steps.map(() => null), missing: 'unsolved' }
    let [low, high] = [-1, steps - 1]
    while (high - low > 1) {
      const s = order(one, low, high)
      if (yield* isRight(one, s)) low = s
      else high = s
    }
    return { labels_S: labelsUntil(high, steps) }
  })
}
