import type { Outcome, Scorer } from '../method.ts'

/** Outcomes of the rollouts that came to their end: how the others would have come out is not known. */
export function ended(grade: Scorer<Outcome>): Scorer<Outcome> {
  return async (groups, signal) =>
    (await grade(groups, signal)).map(({ outcome_G }, p) => ({
      outcome_G: groups[p]!.rollouts.map(({ stop }, g) =>
        stop === 'length' ? null : outcome_G[g]!,
      ),
    }))
}
