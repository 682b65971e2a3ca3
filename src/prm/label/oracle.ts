import type { Problem } from '../../types.ts'
import { type Labeler, unlabelled, withLabels } from './labeler.ts'
import { labelByOracle, type StepOracle } from './labelled.ts'

/**
 * Labels steps by the oracle of a problem's task, as PRM800K has people do: right, wrong, and null after the first error; all
 * null where the problem has no oracle.
 */
export function byOracle(oracleOf: (problem: Problem) => StepOracle | null): Labeler {
  const name = 'oracle'
  return {
    name,
    *label({ problem, solutions }) {
      const oracle = oracleOf(problem)
      return solutions.map(one => {
        const { solution, answerRight, rollout } = one
        if (oracle === null) return unlabelled(solution, 'no-oracle', { name, answerRight })
        const { labels_S } = labelByOracle(problem, rollout, oracle)
        const numbers_S = labels_S.map(label => (label === null ? null : Number(label)))
        return withLabels(one, { name, meaning: 'rightness', labels_S: numbers_S })
      })
    },
  }
}
