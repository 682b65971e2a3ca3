// Running means and deviations of vectors, as plain numbers.

export type Moments = {
  readonly count: number
  readonly mean: readonly number[]
  readonly squares: readonly number[] // sums of squared distances to the mean
}

/** The moments of what they were of and of some vectors more (Chan, Golub and LeVeque, 1983); null: of nothing. */
export function withMore(moments: Moments | null, xs: readonly ArrayLike<number>[]): Moments {
  const width = xs[0]?.length ?? moments?.mean.length ?? 0
  const zeros = new Array<number>(width).fill(0)
  let { count, mean, squares } = moments ?? { count: 0, mean: zeros, squares: zeros }
  for (const x of xs) {
    count++
    const before = mean
    mean = before.map((m, i) => m + (x[i]! - m) / count)
    squares = squares.map((s, i) => s + (x[i]! - before[i]!) * (x[i]! - mean[i]!))
  }
  return { count, mean, squares }
}

/** Each number less its mean, in units of its deviation, kept in [-5, 5]. */
export function whitened({ count, mean, squares }: Moments, x: ArrayLike<number>): number[] {
  return mean.map((m, i) => {
    const deviation = Math.sqrt(squares[i]! / Math.max(count, 1)) + 1e-8
    return Math.min(Math.max((x[i]! - m) / deviation, -5), 5)
  })
}
