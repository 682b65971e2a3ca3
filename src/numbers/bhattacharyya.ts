/** A normal distribution. */
export interface Normal {
  readonly mean: number
  readonly deviation: number // above 0
}

/**
 * How far two normal distributions overlap, in [0, 1]: sqrt(2 s t / (s^2 + t^2)) * exp(-(mean - mean')^2 / (4 (s^2 + t^2))), the
 * coefficient of Bhattacharyya; 1 of one with itself.
 */
export function overlapOf(one: Normal, other: Normal): number {
  const variances = one.deviation ** 2 + other.deviation ** 2
  const gap = (one.mean - other.mean) ** 2 / (4 * variances)
  return Math.sqrt((2 * one.deviation * other.deviation) / variances) * Math.exp(-gap)
}
