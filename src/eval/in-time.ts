// What an answer would be worth were it given before a rollout is over, and the regret of a budget that follows.

import { mean } from '../numbers/numeric.ts'
import { hashSeed } from '../numbers/random.ts'
import { type Chance, regretOf } from '../numbers/regret.ts'
import { chances } from '../rewards/chances.ts'
import type { Grader } from '../rewards/grader.ts'
import { outcome } from '../rewards/outcome.ts'
import { goingOn } from '../rollouts/go-on.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import type { Group } from '../types.ts'

export interface InTimeOptions {
  readonly closing: string // forces an answer
  readonly attempts: number // answers behind each step
  readonly grader: Grader
  readonly seed: number
  readonly signal?: AbortSignal
}

/** How likely a forced answer is right before each rollout's first step and after each, by the tokens until there; null where nothing grades it. */
export async function answersInTime(
  sampler: Sampler,
  groups: readonly Group[],
  { closing, attempts: n, grader, seed, signal }: InTimeOptions,
): Promise<readonly (readonly (readonly Chance[] | null)[])[]> {
  const goOn = goingOn({ ...sampler, greedy: false }, { closing })
  const asked = { goOn, n, seed: hashSeed(seed, 'in time'), fromStart: true }
  const found = await chances(outcome(undefined, grader), asked)(groups, signal)
  return groups.map(({ rollouts }, p) =>
    rollouts.map(({ steps }, g) => {
      const values_S = found[p]!.potentials_G_S[g]
      if (values_S == null) return null
      return Array.from(values_S, (chance, s) => ({
        tokens: s === 0 ? 0 : steps[s - 1]!.end,
        chance,
      }))
    }),
  )
}

const shares = [0.25, 0.5, 1] // of the budget

/** The regret of one rollout for a quarter, half and all of a budget. */
export function regretsOf(chances: readonly Chance[], budget: number): readonly number[] {
  return shares.map(share => regretOf(chances, share * budget))
}

/** Mean regrets over rollouts (MRT, arXiv:2503.07572, section 4); NaN of none. */
export interface RegretReport {
  readonly rollouts: number
  readonly curve: readonly { readonly budget: number; readonly regret: number }[]
}

/** The mean over rollouts of what each left of the shares of a budget. */
export function regretReport(
  regrets_G: readonly (readonly number[])[],
  budget: number,
): RegretReport {
  const curve = shares.map((share, i) => {
    return { budget: share * budget, regret: mean(regrets_G.map(regrets => regrets[i]!)) }
  })
  return { rollouts: regrets_G.length, curve }
}
