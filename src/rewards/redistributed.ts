import type { Outcome, Scorer, StepRewards } from '../method.ts'
import { type Moments, whitened, withMore } from '../numbers/moments.ts'
import { random } from '../numbers/random.ts'
import { descended, outputsOf, type TwoLayers, twoLayers } from '../numbers/two-layers.ts'
import type { Group } from '../types.ts'
import { stepFactors } from './step-factors.ts'

/** The factors of each rollout's steps; null of a rollout of which they are not known, whose steps are then worth nothing known. */
export type Factors = (
  groups: readonly Group[],
  signal?: AbortSignal,
) => Promise<readonly (readonly (readonly (readonly number[])[] | null)[])[]>

/** What is remembered of what steps are worth. */
export type Worth = { readonly moments: Moments; readonly net: TwoLayers }

export interface RedistributedOptions {
  readonly worth: Worth | null // null: nothing is known yet, and every step is worth 0
  readonly seed: number
  readonly rate?: number // of gradient descent; default 0.05
  readonly passes?: number // over a batch; default 40
  readonly factors?: Factors // default stepFactors
}

/**
 * Outcomes laid out over steps: a network of a step's factors learns that what it says of a rollout's steps adds up to the
 * outcome, (outcome - sum)^2 in the mean over rollouts (LaRe, arXiv:2412.11120, eq. 5), and says what each is worth. `next` is what
 * is to be remembered. An outcome that is no number makes its steps so.
 */
export function redistributed(
  grade: Scorer<Outcome>,
  { worth, seed, rate = 0.05, passes = 40, factors = plain }: RedistributedOptions,
) {
  let next = worth
  const scorer: Scorer<Outcome & StepRewards> = async (groups, signal) => {
    const outcomes_P = await grade(groups, signal)
    const factors_P = await factors(groups, signal)
    const all = factors_P.flat().flatMap(of_S => of_S ?? [])
    const moments = withMore(worth?.moments ?? null, all)
    const fresh = { inputs: moments.mean.length, hidden: 16, outputs: 1 }
    let net = worth?.net ?? twoLayers(fresh, random(seed, 'redistributed'), 0)
    const rollouts = factors_P.flatMap((of_G, p) =>
      of_G.map((of_S, g) => ({
        xs: of_S?.map(factors => whitened(moments, factors)) ?? null,
        outcome: outcomes_P[p]!.outcome_G[g] ?? null,
      })),
    )
    const known = rollouts.filter(
      ({ xs, outcome }) => Number.isFinite(outcome) && (xs?.length ?? 0) > 0,
    )
    for (let pass = 0; pass < passes; pass++) net = decomposed(net, known as Known[], rate)
    if (all.length > 0) next = { moments, net }
    const said = rollouts.map(({ xs, outcome }) => {
      if (xs === null) return null
      return Float32Array.from(outputsOf(net, xs), ([y]) =>
        Number.isNaN(outcome) ? Number.NaN : y!,
      )
    })
    const steps = said.values()
    return groups.map((group, p) => ({
      outcome_G: outcomes_P[p]!.outcome_G,
      steps_G_S: group.rollouts.map(() => steps.next().value!),
    }))
  }
  return { scorer, next: () => next }
}

export interface Known {
  readonly xs: readonly (readonly number[])[]
  readonly outcome: number
}

const plain: Factors = async groups => groups.map(({ rollouts }) => rollouts.map(stepFactors))

/** A step of gradient descent on the mean of (outcome - sum over steps)^2. */
export function decomposed(net: TwoLayers, rollouts: readonly Known[], rate: number): TwoLayers {
  const slopesOf = (said: readonly (readonly number[])[]) => {
    const next = said.values()
    return rollouts.flatMap(({ xs, outcome }) => {
      const sum = xs.reduce(total => total + next.next().value![0]!, 0)
      return xs.map(() => [(2 * (sum - outcome)) / rollouts.length / xs.length])
    })
  }
  return descended(
    net,
    rollouts.flatMap(({ xs }) => xs),
    slopesOf,
    rate,
  )
}
