import type { Outcome, Scorer } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { hashSeed } from '../numbers/random.ts'
import type { Group, Rollout } from '../types.ts'
import type { Potentials } from './progress.ts'

/** Ways in which cut rollouts come to their ends, in order. */
type GoOn = (
  cuts: readonly {
    readonly rollout: Rollout
    readonly steps: number
    readonly n: number
    readonly seed: number
  }[],
  signal?: AbortSignal,
) => Promise<readonly (readonly Rollout[])[]>

export interface ChanceOptions {
  readonly goOn: GoOn
  readonly n: number // ways from each step
  readonly seed: number
  /** Who is asked has as many attempts, and any right one counts: 1 - (1 - share)^bestOf; default 1. */
  readonly bestOf?: number
  /** What a rollout is worth before its first step is asked for too; default the share of its group that is right. */
  readonly fromStart?: boolean
}

/**
 * How likely a rollout comes out right, before its first step and after each: the share of right ones of n ways to its end. After
 * the last step it is the outcome; before the first, the share of the group that is right, where that is not asked for too.
 */
export function chances(
  grade: Scorer<Outcome>,
  { goOn, n, seed, bestOf = 1, fromStart = false }: ChanceOptions,
): Scorer<Outcome & Potentials> {
  return async (groups, signal) => {
    const outcomes_P = await grade(groups, signal)
    const places = groups.flatMap(({ problem, rollouts }, p) =>
      rollouts.flatMap((rollout, g) =>
        outcomes_P[p]!.outcome_G[g] === null
          ? []
          : cutsOf(rollout, fromStart).map(steps => ({ p, g, problem, rollout, steps })),
      ),
    )
    const cuts = places.map(({ p, g, rollout, steps }) => {
      return { rollout, steps, n, seed: hashSeed(seed, 'chances', p, g, steps) }
    })
    const ends = await goOn(cuts, signal)
    const asked: Group[] = places.map(({ problem }, i) => ({ problem, rollouts: ends[i]! }))
    const found = (await grade(asked, signal)).map(({ outcome_G }) => share(outcome_G, bestOf))
    return groups.map(({ rollouts }, p) => {
      const { outcome_G } = outcomes_P[p]!
      const before = share(outcome_G, bestOf)
      const potentials_G_S = rollouts.map((_, g) => {
        const own = found.filter((_, i) => places[i]!.p === p && places[i]!.g === g)
        const all = [...(fromStart ? [] : [before]), ...own, outcome_G[g] ?? null]
        return all.every(x => x !== null) ? Float32Array.from(all) : null
      })
      return { outcome_G, potentials_G_S }
    })
  }
}

/** The steps of a rollout behind which it is cut, as counts: all but the last. */
function cutsOf({ steps }: Rollout, fromStart: boolean): number[] {
  return steps.map((_, s) => s).slice(fromStart ? 0 : 1)
}

/** How likely the best of some attempts is right, by the share of right ones among those that are known; null of none. */
export function share(outcome_G: readonly (number | null)[], bestOf = 1): number | null {
  const known = outcome_G.filter(outcome => outcome !== null)
  return known.length === 0 ? null : 1 - (1 - mean(known)) ** bestOf
}
