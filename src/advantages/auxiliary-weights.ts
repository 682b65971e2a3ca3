import type { Outcome, Parts, Rewarded } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import type { Json } from '../types.ts'

type Weights<K extends string> = Readonly<Record<K, number>>

/** The weights of auxiliary rewards that an iteration begins with: those that were remembered, else `first` of each. */
export function auxiliaryWeights<K extends string>(
  names: readonly K[],
  memory: Json,
  first: number,
): Weights<K> {
  const known = memory as Weights<K> | null
  return known ?? (Object.fromEntries(names.map(name => [name, first])) as Weights<K>)
}

/**
 * Moves each weight along the slope of the outcome by it, after a step of the policy along all rewards: dJ/dw = grad J . grad J_aux
 * (arXiv:2310.19007, eq. 6, H the identity). Of rollouts of one problem, the policy free at each, that product is the mean over
 * them of outcome times auxiliary reward, both less their means. A weight stays where nothing is known, and
 * within `most` of 0.
 */
export function outcomeSlopes<K extends string>(
  weights: Weights<K>,
  { rate, most = 2 }: { readonly rate: number; readonly most?: number },
): (batch: Rewarded<Outcome & Parts<K>>) => Json {
  return ({ rewards_P }) => {
    const moved = (Object.keys(weights) as K[]).map(name => {
      const slopes_P = rewards_P.map(({ outcome_G, parts_G }) => slopeOf(outcome_G, parts_G[name]))
      const slope = mean(slopes_P.filter(one => one !== null))
      const weight = Math.max(-most, Math.min(most, weights[name] + rate * slope))
      return [name, Number.isFinite(slope) ? weight : weights[name]]
    })
    return Object.fromEntries(moved) as Json
  }
}

/** The mean product of two rewards of a group, each less its mean; null where fewer than two rollouts have both. */
export function slopeOf(
  a_G: readonly (number | null)[],
  b_G: readonly (number | null)[],
): number | null {
  const both = a_G.flatMap((a, g) => (a === null || b_G[g] == null ? [] : [[a, b_G[g]!] as const]))
  if (both.length < 2) return null
  const [a, b] = [mean(both.map(([one]) => one)), mean(both.map(([, other]) => other))]
  return mean(both.map(([one, other]) => (one - a) * (other - b)))
}
