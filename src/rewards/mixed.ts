import type { Outcome } from '../method.ts'
import type { Group } from '../types.ts'

/** Whether the labelled rollouts of a group differ in their outcome: otherwise none is better than another (arXiv:2503.14476). */
export function mixed(_: Group, { outcome_G }: Outcome): boolean {
  const found = outcome_G.filter(outcome => outcome !== null)
  return found.some(outcome => outcome !== found[0])
}
