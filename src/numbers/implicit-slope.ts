import { mean } from './numeric.ts'

/** What a softmax policy over a few items earns, and how that depends on some weights. */
export interface Inner {
  readonly chances: readonly number[] // of the items, adding up to 1
  readonly rewards: readonly number[] // that the policy climbs, at the weights
  readonly features: readonly (readonly number[])[] // of each item: the slopes of its reward by each weight
  readonly outcomes: readonly number[] // that the weights are to serve
}

/**
 * The slopes of the expected outcome by the weights, once the policy has climbed the rewards that they make: -(dJ/dlogits) H^-1 B (BARFI,
 * arXiv:2310.19007, eq. 6), of logits free at each item and held to 0 by ridge / 2 * logits^2, H the second derivative of what is
 * climbed, B its derivative by logits and weights. H^-1 is the Neumann series, cut behind `terms`; one term is the identity, scaled.
 */
export function implicitSlope(
  { chances, rewards, features, outcomes }: Inner,
  { ridge, terms }: { readonly ridge: number; readonly terms: number },
): number[] {
  const expected = (x: readonly number[]): number =>
    chances.reduce((sum, p, i) => sum + p * x[i]!, 0)
  const centred = (x: readonly number[]): number[] => x.map(one => one - expected(x))
  const above = centred(rewards)
  const times = (v: readonly number[]): number[] => {
    const [usual, common] = [expected(v), expected(above.map((a, i) => a * v[i]!))]
    return chances.map((p, j) => p * ((v[j]! - usual) * above[j]! - common) - ridge * v[j]!)
  }
  // no row of -H, and so no eigenvalue, is larger
  const scale = ridge + 3 * Math.max(...chances) * Math.max(...above.map(Math.abs))
  const outcomeSlopes = centred(outcomes).map((o, j) => chances[j]! * o)
  let power = outcomeSlopes // (1 + H / scale)^m of it
  const solved = outcomeSlopes.map(() => 0) // -H^-1 of it
  for (let m = 0; m < terms; m++) {
    for (const [j, x] of power.entries()) solved[j] = solved[j]! + x / scale
    const moved = times(power)
    power = power.map((x, j) => x + moved[j]! / scale)
  }
  const weights = features[0]?.length ?? 0
  return Array.from({ length: weights }, (_, k) => {
    const own = centred(features.map(of => of[k]!))
    return solved.reduce((sum, x, j) => sum + x * chances[j]! * own[j]!, 0)
  })
}

/** The mean of slopes, weight by weight; null of none. */
export function meanSlope(slopes: readonly (readonly number[])[]): number[] | null {
  if (slopes.length === 0) return null
  return slopes[0]!.map((_, k) => mean(slopes.map(one => one[k]!)))
}
