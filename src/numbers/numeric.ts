// Small functions on numbers and arrays that every stage may use.

/** Two id arrays, one after the other. */
export function concat(a: Int32Array, b: Int32Array): Int32Array {
  const all = new Int32Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: Iterable<number>): number {
  let [sum, count] = [0, 0]
  for (const value of values) {
    sum += value
    count++
  }
  return sum / count
}

/** Arithmetic mean of numbers that may not be known; null of none, and where they are not. */
export function knownMean(values: Float32Array | null): number | null {
  return values === null || values.length === 0 ? null : mean(values)
}

/** Standard deviation over all values (not the sample's); NaN of nothing. */
export function deviation(values: readonly number[]): number {
  const centre = mean(values)
  return Math.sqrt(mean(values.map(x => (x - centre) ** 2)))
}

/**
 * Estimates of KL(policy || reference) from a token that the policy sampled, with d = log p_reference - log p_policy:
 * k1 = -d, k2 = d^2 / 2, k3 = exp(d) - d - 1 with d kept in [-10, 10] (J. Schulman, "Approximating KL Divergence");
 * `slope` is the derivative for log p_policy. As a loss k1 has slope 0 on average, k2 the slope of the KL itself.
 */
export const klEstimators = {
  k1: { value: (d: number) => -d, slope: (_: number) => 1 },
  k2: { value: (d: number) => d ** 2 / 2, slope: (d: number) => -d },
  k3: {
    value: (d: number) => Math.expm1(within10(d)) - within10(d),
    slope: (d: number) => (Math.abs(d) > 10 ? 0 : -Math.expm1(d)), // flat where d is cut
  },
} as const
export type KlEstimator = keyof typeof klEstimators

function within10(d: number): number {
  return Math.min(Math.max(d, -10), 10)
}
