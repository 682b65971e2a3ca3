import type { Outcome, Parts } from '../method.ts'
import { type Rule, told } from './streams.ts'

/**
 * Every token is credited with 1 where the answer is right, and where it is wrong with how near it comes, `error`; -1 where nobody
 * says how near (FAPO's judge, arXiv:2510.22543, section 3.2). Null where the outcome is not known.
 */
export function nearMisses(): Rule<Outcome & Parts<'error'>> {
  return told(
    ({ rollouts }, { outcome_G, parts_G }) =>
      rollouts.map(({ ids }, g) => {
        const outcome = outcome_G[g]
        if (outcome == null) return null
        const worth = Number.isNaN(outcome) || outcome > 0.5 ? outcome : (parts_G.error[g] ?? -1)
        return new Float32Array(ids.length).fill(worth)
      }),
    {
      name: 'near misses',
      formula: 'G[t] = 1 of a right answer, of a wrong one how near it comes',
      source: 'arXiv:2510.22543, section 3.2',
    },
  )
}
nearMisses.trial = {}
