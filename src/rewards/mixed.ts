import type { Outcome, Select } from '../method.ts'
import { all } from './select.ts'

/**
 * Groups whose labelled rollouts differ in their outcome, whole: in another none is better than the rest
 * (arXiv:2503.14476, section 3.2).
 */
export const mixed: Select<Outcome> = ({ groups_P, rewards_P }) =>
  groups_P.map((group, p) => {
    const found = rewards_P[p]!.outcome_G.filter(outcome => outcome !== null)
    return found.some(outcome => outcome !== found[0]) ? all(group) : []
  })
