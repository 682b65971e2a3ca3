// Adaptive search for the first error: completions are spent where they decide something. A step is looked at again and
// again until it is clear on which side of the threshold it lies, and the steps that are looked at may be those of which
// the policy itself was least sure.

import { wilson } from '../../eval/wilson.ts'
import { firstErrors, halfway, type StepOrder } from './binary-search.ts'
import type { Labeler, Labelling } from './labeler.ts'
import { ask, type GradedSolution } from './labeler.ts'
import { probe, rightOf, valueOfProblem } from './monte-carlo.ts'
import { stepUncertainty } from './uncertainty.ts'

export interface AdaptiveOptions {
  readonly completions: number // at most, from the end of each step that is looked at
  readonly seed: number
  /** Completions between two looks at the interval. Default 1. */
  readonly lookEvery?: number
  /** Right is a step of which more than this share of the problem's own value is left. 0: of which any is. Default 0.5. */
  readonly ratio?: number
  /** Width of the interval to each side, in standard deviations. Default 1.28: one in ten lies outside on a side. */
  readonly z?: number
  /** Which step first; default 'binary'. */
  readonly order?: AdaptiveOrder
}

/** The middle step, the one whose tokens were least sure, or the one that grew most unsure (arXiv:2508.01773). */
export const adaptiveOrders = ['binary', 'uncertainty', 'uncertainty-change'] as const
export type AdaptiveOrder = (typeof adaptiveOrders)[number]

/**
 * Labels steps as right before the first error, wrong there and null after it, as binary search does; but a step is wrong
 * where its value falls below `ratio` of the problem's (as the baseline S_0 of UnPRM, arXiv:2508.01773), and completions
 * end as soon as Wilson's interval lies on one side of that threshold. At `completions` the share decides.
 */
export function adaptive({
  completions,
  seed,
  lookEvery = 1,
  ratio = 0.5,
  z = 1.28,
  order = 'binary',
}: AdaptiveOptions): Labeler {
  return {
    name: 'adaptive',
    needsLogprobs: order !== 'binary',
    *label(work) {
      // with nothing to search for, nothing is to be compared with
      const n = work.solutions.every(one => one.answerRight) ? 0 : completions
      const value = yield* valueOfProblem(work, n, seed)
      const threshold = (ratio * value.right) / value.n
      const isRight = (one: GradedSolution, s: number): Labelling<boolean> =>
        decided(one, s, { completions, seed, lookEvery, threshold, z })
      const next = order === 'binary' ? halfway : leastSure(order === 'uncertainty-change')
      return yield* firstErrors('adaptive', isRight, next, value.right > 0).label(work)
    },
  }
}

interface Test {
  readonly completions: number
  readonly seed: number
  readonly lookEvery: number
  readonly threshold: number
  readonly z: number
}

/** Whether a step's value is above the threshold, as soon as that is clear. */
function* decided(
  one: GradedSolution,
  s: number,
  { completions, seed, lookEvery, threshold, z }: Test,
): Labelling<boolean> {
  let [right, n] = [0, 0]
  for (let round = 0; n < completions; round++) {
    const more = Math.min(lookEvery, completions - n)
    const [rollouts] = yield* ask<'rollouts'>([probe(one, s, more, seed, round)])
    right += rightOf(rollouts!)
    n += more
    const [low, high] = wilson(right, n, z)
    if (low > threshold || high < threshold) break
  }
  return right / n > threshold
}

/** Of the steps that are still possible, the one whose tokens were least sure, or less sure than those before by most. */
function leastSure(byChange: boolean): StepOrder {
  return (one, low, high) => {
    const { rollout, logprobs_T, solution } = one
    if (logprobs_T === null)
      throw new RangeError(`adaptive: solution ${solution.id} has no log-probabilities to order by`)
    const uncertainty = (s: number): number => {
      const step = rollout.steps[s]
      return step === undefined ? 0 : stepUncertainty(logprobs_T.subarray(step.start, step.end))
    }
    let [best, most] = [low + 1, Number.NEGATIVE_INFINITY]
    for (let s = low + 1; s < high; s++) {
      const value = uncertainty(s) - (byChange ? uncertainty(s - 1) : 0)
      if (value > most) [best, most] = [s, value]
    }
    return best
  }
}
