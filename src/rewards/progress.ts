import type { Outcome, Scorer, StepRewards } from '../method.ts'

/** What a rollout is worth before its first step and after each; null where that is not known. */
export interface Potentials {
  readonly potentials_G_S: readonly (Float32Array | null)[] // one more than steps
}

/**
 * The reward of a step is what it adds to a potential, P(after) - P(before): steps add up to what all of them gained, whatever
 * their number (arXiv:2410.08146, eq. 2; arXiv:2503.07572, definition 4.1).
 */
export function progress(potentials: Scorer<Outcome & Potentials>): Scorer<Outcome & StepRewards> {
  return async (groups, signal) =>
    (await potentials(groups, signal)).map(({ outcome_G, potentials_G_S }) => ({
      outcome_G,
      steps_G_S: potentials_G_S.map(values_S =>
        values_S === null ? null : values_S.slice(1).map((after, s) => after - values_S[s]!),
      ),
    }))
}
