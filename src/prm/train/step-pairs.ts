// Pairs of steps: a right one and a wrong one behind the same steps of the same problem, as trees of steps have them.

import type { LabelledSolution } from '../solution.ts'
import { laidOut } from './examples.ts'
import { learnedLabels } from './labels.ts'
import type { Examples, View } from './methods/method.ts'
import type { JudgedExample, PreferenceExample } from './preferences.ts'
import { pairsOf } from './responses.ts'

type Known = JudgedExample & { readonly problem: string }

/** Right steps before wrong ones that could stand in their place; each text once, and one without a counterpart is left out. */
export function stepPairsOf(
  solutions: readonly LabelledSolution[],
  view: View,
): Examples<PreferenceExample> {
  const whole: View = { ...view, long: 'leave-out' } // what stands before a step is all of it
  const seen = new Set<string>()
  const steps = laidOut(solutions, whole, view.positions, (solution, [window]): Known[] => {
    if (window === undefined) return []
    const { ids, reads_S, promptLength } = window.reading
    return learnedLabels(solution, { ...view.rule, soft: false }).flatMap((outcome, s) => {
      const [before, own] = [solution.steps.slice(0, s), solution.steps[s]!]
      const problem = JSON.stringify([solution.problem.prompt, before])
      const key = JSON.stringify([problem, own, outcome])
      if (outcome === null || seen.has(key)) return []
      seen.add(key)
      const at = reads_S[s]!
      const tokens = at + 1 - promptLength
      const importance_S = Float32Array.of(1)
      return [{ ids: ids.slice(0, at + 1), at_S: [at], tokens, importance_S, outcome, problem }]
    })
  })
  return pairsOf(steps)
}
