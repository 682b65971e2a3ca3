// Accuracy and capability before and after training, problem by problem.

import { mean } from '../numbers/numeric.ts'
import type { Tally } from './pass-at-k.ts'

/** How problems' shares of right samples moved from one policy to another, and what is out of reach of either. */
export interface Transitions {
  readonly bins: readonly string[]
  readonly counts: readonly (readonly number[])[] // [bin before][bin after], problems
  readonly accuracy: readonly [before: number, after: number] // mean share of right samples
  readonly capability: readonly [before: number, after: number] // share of problems with a right sample
  readonly bound: number // a problem without one has, at 95 %, a chance below this (arXiv:2505.14216, section 3)
}

const ends = [0, 0.25, 0.5, 0.75, 1 - 1e-9, 1]
export const transitionBins = ['none', 'to 25 %', 'to 50 %', 'to 75 %', 'more', 'all']

/** Of problems in one order with graded samples of both. */
export function transitionsOf(before_P: readonly Tally[], after_P: readonly Tally[]): Transitions {
  if (before_P.length !== after_P.length)
    throw new RangeError(`transitionsOf: ${before_P.length} problems, then ${after_P.length}`)
  const places = before_P
    .map((_, p) => p)
    .filter(p => before_P[p]!.graded > 0 && after_P[p]!.graded > 0)
  const rates = (all: readonly Tally[]): number[] => places.map(p => all[p]!.right / all[p]!.graded)
  const [before, after] = [rates(before_P), rates(after_P)]
  const counts = ends.map(() => ends.map(() => 0))
  for (const [i, rate] of before.entries()) counts[binOf(rate)]![binOf(after[i]!)]! += 1
  const capable = (all: readonly number[]): number => mean(all.map(rate => Number(rate > 0)))
  const least = Math.min(...places.flatMap(p => [before_P[p]!.graded, after_P[p]!.graded]))
  return {
    ...{ bins: transitionBins, counts },
    accuracy: [mean(before), mean(after)],
    capability: [capable(before), capable(after)],
    bound: unseenBelow(least),
  }
}

/** The chance of a right sample that, at 95 %, one has less of where none of k samples was right. */
export function unseenBelow(k: number): number {
  return 1 - 0.05 ** (1 / k)
}

function binOf(rate: number): number {
  return ends.findIndex(end => rate <= end)
}
