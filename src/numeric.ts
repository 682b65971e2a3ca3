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

/** Standard deviation over all values (not the sample's); NaN of nothing. */
export function deviation(values: readonly number[]): number {
  const centre = mean(values)
  return Math.sqrt(mean(values.map(x => (x - centre) ** 2)))
}
