import type { TaskFamily } from '../../problems/tasks/index.ts'
import { checkedScores, type StepScorer } from './step-scorer.ts'

/**
 * The oracle of a procedural task as a scorer: 1 for a right step, 0 for the first wrong one, null after it. A last step
 * that is cut off, or that ends a solution without a boxed answer, is wrong, as in the labels that rollouts get; with
 * `partial` a solution may stop anywhere. A step that goes on has no score yet.
 */
export function oracleScorer(
  task: Pick<TaskFamily, 'name' | 'oracle'>,
  { partial = false }: { readonly partial?: boolean | undefined } = {},
): StepScorer {
  const scorer = {
    name: `oracle of ${task.name}`,
    range: [0, 1] as const,
    threshold: 0.5,
    aggregation: 'min' as const,
  }
  return {
    ...scorer,
    score: async solutions => {
      const rows = solutions.map(({ problem, steps, ended = true, goesOn = false, judged = 0 }) =>
        task.oracle(problem, steps).map(({ right }, s) => {
          const last = s === steps.length - 1
          if (right === null || s < judged || (last && !ended && goesOn)) return null
          const unfinished = last && !goesOn && !(ended && steps[s]!.includes('\\boxed{'))
          return Number(right && (partial || !unfinished))
        }),
      )
      return checkedScores(scorer, solutions, rows)
    },
    close: async () => {},
  }
}
