import type { Outcome } from '../method.ts'
import type { Rule } from './streams.ts'

/** Every token is credited with the outcome of its rollout; null where the outcome is not known. */
export function outcome(): Rule<Outcome> {
  const rule: Rule<Outcome> = ({ rollouts }, { outcome_G }) => {
    if (outcome_G.length !== rollouts.length)
      throw new RangeError(`outcome: ${outcome_G.length} outcomes for ${rollouts.length} rollouts`)
    return rollouts.map(({ ids }, g) => {
      const value = outcome_G[g]
      return value === null ? null : new Float32Array(ids.length).fill(value)
    })
  }
  const formula = { name: 'outcome', formula: 'G[t] = r, of every token', source: 'by definition' }
  return Object.assign(rule, { formula })
}
outcome.trial = {}
