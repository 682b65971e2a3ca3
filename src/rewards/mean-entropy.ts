import type { Scoring } from '../engine/engine.ts'
import { written } from '../groups/written.ts'
import type { Parts, Scorer } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { scoresOf } from './divergence.ts'

/** The mean entropy, in nats, of what the policy wrote each rollout's tokens from; null where the engine gives none. */
export function meanEntropy(engine: Scoring): Scorer<Parts<'entropy'>> {
  return async (groups, signal) => {
    const rollouts = groups.flatMap(group => group.rollouts)
    const next = (await scoresOf(engine, rollouts, {}, signal)).values()
    return groups.map(group => ({
      parts_G: {
        entropy: group.rollouts.map(rollout => {
          const { entropies } = next.next().value!
          const written_T = written(rollout)
          const own = entropies?.filter((_, t) => written_T[t] === 1) ?? []
          return own.length === 0 ? null : mean(own)
        }),
      },
    }))
  }
}

/** How many tokens the policy wrote. */
export const lengths: Scorer<Parts<'length'>> = async groups =>
  groups.map(({ rollouts }) => ({
    parts_G: { length: rollouts.map(one => written(one).reduce((sum, x) => sum + x, 0)) },
  }))
