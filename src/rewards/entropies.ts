import type { Scoring } from '../engine/engine.ts'
import type { Entropies, Scorer } from '../method.ts'
import { scoresOf } from './divergence.ts'

/** The entropy of what predicted each token of a rollout, in nats at temperature 1, as a model reads it. Needs the ability. */
export function entropies(policy: Scoring): Scorer<Entropies> {
  return async (groups, signal) => {
    const rollouts = groups.flatMap(group => group.rollouts)
    const next = (await scoresOf(policy, rollouts, {}, signal)).values()
    return groups.map(group => ({
      entropies_G_T: group.rollouts.map(() => next.next().value!.entropies),
    }))
  }
}
