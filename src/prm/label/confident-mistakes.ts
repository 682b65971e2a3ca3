// Labels by comparison with a demonstration: where a wrong solution departs from the worked one, and the policy was sure of it, that
// step is a hard negative.

import { mean } from '../../numbers/numeric.ts'
import { eachSolution, type Labeler, labelsUntil, type SolutionLabels, said } from './labeler.ts'

/**
 * Right solutions have right steps. Of a wrong one the first step that the worked solution does not have is wrong where the geometric mean of
 * its tokens' probabilities is at least `sure`, those before it are right, and nothing is known of those after it (UI-Genie,
 * arXiv:2505.21496, section 3.2).
 */
export function confidentMistakes({ sure }: { readonly sure: number }): Labeler {
  const name = 'confident-mistakes'
  const labeler = eachSolution(name, 'rightness', (one, { problem }) => {
    const { solution, rollout, logprobs_T, answerRight } = one
    const { length } = solution.steps
    const none = (missing: string) =>
      said<SolutionLabels>({ labels_S: solution.steps.map(() => null), missing })
    if (answerRight) return said<SolutionLabels>({ labels_S: labelsUntil(length, length) })
    if (problem.solution === null) return none('no-solution')
    const shown = new Set(problem.solution.map(step => step.trim()))
    const at = solution.steps.findIndex(step => !shown.has(step.trim()))
    if (at < 0) return none('no-departure')
    if (logprobs_T === null) return none('no-logprobs')
    const { start, end } = rollout.steps[at]!
    const chance = Math.exp(mean([...logprobs_T.subarray(start, end)]))
    return chance >= sure
      ? said<SolutionLabels>({ labels_S: labelsUntil(at, length) })
      : none('not-confident')
  })
  return { ...labeler, needsLogprobs: true }
}
