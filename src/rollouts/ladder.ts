import type { Method, Outcome, Scorer } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { hashSeed } from '../numbers/random.ts'

export interface LadderOptions {
  readonly groupSize: number // of the first rung
  readonly doublings: number // rungs above it
  readonly below: number // a group whose mean outcome is less goes on to the next rung
}

/**
 * Rollouts of each problem, and as many again as there are, up to groupSize * 2^doublings, where the mean outcome is still low
 * (arXiv:2508.08665, section 3.3). A problem whose outcomes are not known stays on the first rung.
 */
export function ladder(
  sample: (n: number) => Method['rollouts'],
  grade: Scorer<Outcome>,
  { groupSize, doublings, below }: LadderOptions,
): Method['rollouts'] {
  return async (problems, seed, signal) => {
    const groups = [...(await sample(groupSize)(problems, seed, signal))]
    let climbing = groups.map((_, p) => p)
    for (let rung = 0; rung < doublings; rung++) {
      const asked = climbing.map(p => groups[p]!)
      const rewards = await grade(asked, signal)
      climbing = climbing.filter((_, i) => {
        const known = rewards[i]!.outcome_G.filter(outcome => outcome !== null)
        return mean(known) < below // false of none
      })
      if (climbing.length === 0) break
      const more = await sample(groupSize * 2 ** rung)(
        climbing.map(p => groups[p]!.problem),
        hashSeed(seed, 'ladder', rung),
        signal,
      )
      for (const [i, p] of climbing.entries())
        groups[p] = { ...groups[p]!, rollouts: [...groups[p]!.rollouts, ...more[i]!.rollouts] }
    }
    return groups
  }
}

/** A temperature that goes evenly from one to another over a run. */
export function rampedTemperature(
  [from, to]: readonly [number, number],
  { iteration, iterations }: { readonly iteration: number; readonly iterations: number },
): number {
  return iterations <= 1 ? to : from + ((to - from) * (iteration - 1)) / (iterations - 1)
}
