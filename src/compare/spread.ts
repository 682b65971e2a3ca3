// What several seeds say of one number: their mean, how far they lie apart, and how many they are.

/** Mean of n values and their sample standard deviation, which one value does not have. */
export interface Spread {
  readonly mean: number
  readonly spread: number | null // sqrt(sum (x - mean)^2 / (n - 1)); null where n is 1
  readonly n: number
}

/** The spread of what is finite among the values; null of nothing. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const finite = values.filter(value => value !== null && Number.isFinite(value)) as number[]
  const n = finite.length
  if (n === 0) return null
  const mean = finite.reduce((sum, x) => sum + x, 0) / n
  if (n === 1) return { mean, spread: null, n }
  const squares = finite.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  return { mean, spread: Math.sqrt(squares / (n - 1)), n }
}

/** A measured value after an iteration. */
export interface Point {
  readonly iteration: number
  readonly value: number
}

/** Points by iteration, in order; iterations that were not measured are left out. */
export type Curve = readonly Point[]

/** The spread over seeds after an iteration. */
export interface SpreadPoint extends Spread {
  readonly iteration: number
}

/** At each iteration that any of the curves has, the spread of those that have it. */
export function spreadCurve(curves: readonly Curve[]): SpreadPoint[] {
  const values = new Map<number, number[]>()
  for (const { iteration, value } of curves.flat()) {
    values.set(iteration, [...(values.get(iteration) ?? []), value])
  }
  return [...values]
    .sort(([a], [b]) => a - b)
    .map(([iteration, found]) => ({ iteration, ...spreadOf(found)! }))
}

/** The first iteration at which a curve is at least a value; null where it never is. */
export function firstAtLeast(curve: Curve, value: number): number | null {
  return curve.find(point => point.value >= value)?.iteration ?? null
}

/** Mean of the first and of the last tenth of a curve, at least one point each; null of nothing. */
export function endsOf(curve: Curve): { readonly start: number; readonly end: number } | null {
  if (curve.length === 0) return null
  const tenth = Math.max(1, Math.round(curve.length / 10))
  const meanOf = (points: Curve): number =>
    points.reduce((sum, { value }) => sum + value, 0) / points.length
  return { start: meanOf(curve.slice(0, tenth)), end: meanOf(curve.slice(-tenth)) }
}
