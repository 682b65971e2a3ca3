import { deviation, mean } from './numeric.ts'

export interface Correlated {
  readonly rho: number // in [-1, 1]; 0 where either has no spread
  readonly slopes: Float32Array // of rho for each x
}

/** Pearson's correlation of two lists, and its slope for the first of them. Throws RangeError for lists of different lengths. */
export function correlation(xs: readonly number[], ys: readonly number[]): Correlated {
  const n = xs.length
  if (ys.length !== n) throw new RangeError(`correlation: ${n} and ${ys.length} numbers`)
  const slopes = new Float32Array(n)
  if (n === 0) return { rho: 0, slopes }
  const [meanX, meanY] = [mean(xs), mean(ys)]
  const [spreadX, spreadY] = [deviation(xs), deviation(ys)]
  if (spreadX === 0 || spreadY === 0) return { rho: 0, slopes }
  const standard = (z: readonly number[], centre: number, spread: number): number[] =>
    z.map(one => (one - centre) / spread)
  const [a, b] = [standard(xs, meanX, spreadX), standard(ys, meanY, spreadY)]
  const rho = mean(a.map((one, i) => one * b[i]!))
  for (let i = 0; i < n; i++) slopes[i] = (b[i]! - rho * a[i]!) / (n * spreadX)
  return { rho, slopes }
}
