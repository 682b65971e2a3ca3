import type { Labeler } from './labeler.ts'
import { withLabels } from './labeler.ts'
import { labelByOracle, type StepOracle } from './labelled.ts'

/** Labels steps by the oracle of a procedural task, as PRM800K has people do: right, wrong, and null after the first error. */
export function byOracle(oracle: StepOracle): Labeler {
  return {
    name: 'oracle',
    *label({ problem, solutions }) {
      return solutions.map(one => {
        const { labels_S } = labelByOracle(problem, one.rollout, oracle)
        const numbers_S = labels_S.map(label => (label === null ? null : Number(label)))
        return withLabels(one, { name: 'oracle', meaning: 'rightness', labels_S: numbers_S })
      })
    },
  }
}
