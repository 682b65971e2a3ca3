import type { Outcome, Select } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { all } from './select.ts'

/**
 * Groups whose labelled rollouts are right in a share of [low, high], whole: what is too easy or too hard teaches little
 * (arXiv:2502.01456, section 3.4).
 */
export function accuracyBand(low: number, high: number): Select<Outcome> {
  if (!(low >= 0 && low <= high && high <= 1))
    throw new RangeError(`accuracyBand: expected 0 <= low <= high <= 1, got ${low} and ${high}`)
  return ({ groups_P, rewards_P }) =>
    groups_P.map((group, p) => {
      const share = mean(rewards_P[p]!.outcome_G.filter(outcome => outcome !== null))
      return share >= low && share <= high ? all(group) : []
    })
}
