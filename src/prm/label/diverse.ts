import { cosineOf, countsOf } from '../../numbers/likeness.ts'
import type { GradedSolution } from './labeler.ts'
import { stepUncertainty } from './uncertainty.ts'

/**
 * So many of some solutions that the policy was unsure of and that are unlike each other, in their order (arXiv:2508.01773, section
 * 3.1): one after another the one with the greatest uncertainty, the mean of its steps' as a share of the greatest, less the mean cosine
 * of its tokens' counts with those of the ones taken before.
 */
export function diverse(solutions: readonly GradedSolution[], keep: number): GradedSolution[] {
  if (!(Number.isInteger(keep) && keep >= 1))
    throw new RangeError(`diverse: keep ${keep}; expected a whole number from 1`)
  if (solutions.length <= keep) return [...solutions]
  const unsure = solutions.map(uncertaintyOf)
  const most = Math.max(...unsure) || 1
  const counts = solutions.map(({ rollout }) => countsOf(rollout.ids))
  const taken = new Set<number>()
  while (taken.size < keep) {
    let [best, worth] = [-1, Number.NEGATIVE_INFINITY]
    solutions.forEach((_, i) => {
      if (taken.has(i)) return
      let likeness = 0
      for (const t of taken) likeness += cosineOf(counts[i]!, counts[t]!) / taken.size
      const own = unsure[i]! / most - likeness
      if (own > worth) [best, worth] = [i, own]
    })
    taken.add(best)
  }
  return solutions.filter((_, i) => taken.has(i))
}

/** The mean uncertainty of a solution's steps; 0 where its log-probabilities are not known. */
function uncertaintyOf({ rollout: { steps }, logprobs_T }: GradedSolution): number {
  if (logprobs_T === null || steps.length === 0) return 0
  const sum = steps.reduce(
    (total, { start, end }) => total + stepUncertainty(logprobs_T.subarray(start, end)),
    0,
  )
  return sum / steps.length
}
