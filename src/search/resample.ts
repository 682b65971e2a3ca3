// Draws by weights.

/** exp(x / temperature), to sum 1. */
export function softmax(xs: readonly number[], temperature = 1): number[] {
  const most = xs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const exps = xs.map(x => (x === most ? 1 : Math.exp((x - most) / temperature)))
  const total = exps.reduce((a, b) => a + b, 0)
  return exps.map(x => x / total)
}

/**
 * Systematic resampling: `count` indices in ascending order, one for each of the points (u + i) / count on the line of
 * weights, which sum to 1; u is in [0, 1). Each index comes count times its weight, rounded down or up.
 */
export function resampled(weights: readonly number[], count: number, u: number): number[] {
  const out: number[] = []
  let [at, sum] = [0, weights[0]!]
  for (let i = 0; i < count; i++) {
    // the last one with a weight takes what rounding leaves over
    while (sum <= (u + i) / count && at < weights.length - 1) sum += weights[++at]!
    out.push(at)
  }
  return out
}

/** How many equal weights spread as much: 1 / sum w^2, from 1 to their number. */
export function effectiveSize(weights: readonly number[]): number {
  return 1 / weights.reduce((sum, w) => sum + w * w, 0)
}
