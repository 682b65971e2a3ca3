import type { Outcome, Scorer, StepRewards } from '../method.ts'
import type { Potentials } from './progress.ts'

export interface LookAheadOptions {
  readonly discount: number // for each step that a gain is away
  readonly window: number // steps that are looked ahead; 0: each step earns its own gain
}

const smallest = 1e-5 // change of a potential that is one

/**
 * A step earns what it adds to a potential; where that is nothing, the first gain or loss of the steps behind it, discounted by how far
 * it is away (VSRM, arXiv:2508.10293). The first step, which comes before the first prefix that is asked, earns nothing.
 */
export function lookAhead(
  potentials: Scorer<Outcome & Potentials>,
  options: LookAheadOptions,
): Scorer<Outcome & StepRewards> {
  return async (groups, signal) =>
    (await potentials(groups, signal)).map(({ outcome_G, potentials_G_S }) => ({
      outcome_G,
      steps_G_S: potentials_G_S.map(values_S => {
        if (values_S === null) return null
        const steps_S = new Float32Array(values_S.length - 1)
        steps_S.set(gainsOf(values_S.subarray(1), options), Math.min(1, steps_S.length))
        return steps_S
      }),
    }))
}

/** What each prefix but the first earns, by what the prefixes are worth. */
export function gainsOf(
  values_S: Float32Array,
  { discount, window }: LookAheadOptions,
): Float32Array {
  const changes_S = values_S.subarray(1).map((after, s) => after - values_S[s]!)
  return changes_S.map((_, s) => {
    const ahead = changes_S.subarray(s, s + window + 1)
    const away = ahead.findIndex(change => !(Math.abs(change) < smallest))
    return away < 0 ? 0 : discount ** away * ahead[away]!
  })
}
