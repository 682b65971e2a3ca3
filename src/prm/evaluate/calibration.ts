// Whether a score is a chance: of the steps that a judge scores about 0.8, are about 80 % right?

import { mean } from '../../numbers/numeric.ts'

/** A step's score and its label, both in [0, 1]; a label may be a share. */
export interface ScoredLabel {
  readonly score: number
  readonly label: number
}

/** The steps whose score lies in [from, to); the last bin holds its upper end. */
export interface ReliabilityBin {
  readonly from: number
  readonly to: number
  readonly count: number
  readonly score: number // mean; NaN where there is no step
  readonly label: number // mean; NaN where there is no step
}

/** NaN of no steps. */
export interface Calibration {
  readonly bins: readonly ReliabilityBin[]
  readonly error: number // expected calibration error: mean distance of score and label of a step's bin
  readonly worst: number // the greatest such distance
  readonly brier: number // mean square of score - label
}

/** Calibration over bins of equal width (arXiv:1706.04599, eq. 3). Throws RangeError for scores outside of [0, 1]. */
export function calibration(points: readonly ScoredLabel[], { bins = 10 } = {}): Calibration {
  const strange = points.find(({ score }) => !(score >= 0 && score <= 1))
  if (strange) throw new RangeError(`calibration: a score of ${strange.score}; expected 0 to 1`)
  const held = Array.from({ length: bins }, (): ScoredLabel[] => [])
  for (const point of points) held[Math.min(bins - 1, Math.floor(point.score * bins))]!.push(point)
  const made = held.map((inside, b) => ({
    from: b / bins,
    to: (b + 1) / bins,
    count: inside.length,
    score: mean(inside.map(({ score }) => score)),
    label: mean(inside.map(({ label }) => label)),
  }))
  const filled = made.filter(({ count }) => count > 0)
  const apart = filled.map(({ score, label }) => Math.abs(score - label))
  return {
    bins: made,
    error: filled.reduce((sum, { count }, i) => sum + count * apart[i]!, 0) / points.length,
    worst: apart.length === 0 ? Number.NaN : Math.max(...apart),
    brier: mean(points.map(({ score, label }) => (score - label) ** 2)),
  }
}

/** A score as a share of its judge's range; null where the range has no end. */
export function asShare(
  score: number,
  [lowest, highest]: readonly [number, number],
): number | null {
  const share = (score - lowest) / (highest - lowest)
  return Number.isFinite(lowest) && Number.isFinite(highest) ? share : null
}
