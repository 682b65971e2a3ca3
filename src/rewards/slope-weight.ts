import type { Outcome, Rewarded } from '../method.ts'
import { mean } from '../numbers/numeric.ts'

/** What the weight of a bonus depends on: the last scores, the scale of their slope, and how often in turn it was low. */
export type Slope = {
  readonly scores: readonly number[]
  readonly scale: number | null // null: no slope yet
  readonly low: number
  readonly weight: number
}

/** The weight that gives back all of Bingo's penalty of 5 at the longest angle. */
export const mostWeight = 5 / (Math.PI / 2)

/** Before there are enough scores. */
export const startingSlope = (weight = mostWeight): Slope => ({
  scores: [],
  scale: null,
  low: 0,
  weight,
})

/**
 * The weight after a batch (Bingo, arXiv:2506.08125, section 3.3): `most` until iteration `from`, then the slope of the last ten
 * accuracies, in units that make the first slope `most`; once that is at most 2.5, -0.5 for each time in turn, but not below -2 most.
 */
export function nextSlope(
  now: Slope,
  {
    most = mostWeight,
    from,
    iteration,
  }: { readonly most?: number; readonly from: number; readonly iteration: number },
): (batch: Rewarded<Outcome>) => Slope {
  return ({ rewards_P }) => {
    const labels = rewards_P.flatMap(({ outcome_G }) => outcome_G.filter(x => Number.isFinite(x)))
    if (labels.length === 0) return now
    const scores = [...now.scores, mean(labels as number[])].slice(-10)
    if (iteration < from || scores.length < 2) return { ...now, scores }
    const slope = slopeOf(scores)
    const scale = now.scale ?? (slope > 0 ? most / slope : null)
    const scaled = scale === null ? 0 : scale * slope
    const low = scaled > 2.5 ? 0 : now.low + 1
    return { scores, scale, low, weight: low === 0 ? scaled : Math.max(-2 * most, -0.5 * low) }
  }
}

/** The slope of the line through numbers one apart that is closest to them. */
export function slopeOf(ys: readonly number[]): number {
  const [middle, average] = [(ys.length - 1) / 2, mean(ys)]
  const above = ys.reduce((sum, y, x) => sum + (x - middle) * (y - average), 0)
  return above / ys.reduce((sum, _, x) => sum + (x - middle) ** 2, 0)
}
