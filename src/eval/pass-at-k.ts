// Shares of right answers from several samples a problem. A problem without graded samples is in no share.

/** How many samples of one problem were graded, and how many of those were right. */
export interface Tally {
  readonly graded: number
  readonly right: number
}

/**
 * The chance that one of k samples is right, estimated without bias from n samples of which c are:
 * 1 - C(n - c, k) / C(n, k), as a product (arXiv:2107.03374, eq. 1). In [0, 1]; needs 1 <= k <= n and 0 <= c <= n.
 */
export function passAtK(n: number, c: number, k: number): number {
  if (!(k >= 1 && k <= n && c >= 0 && c <= n))
    throw new RangeError(
      `passAtK: k ${k} and ${c} right of ${n}; expected 1 <= k <= n, 0 <= c <= n`,
    )
  let none = 1
  for (let i = n - c + 1; i <= n; i++) none *= Math.max(0, 1 - k / i)
  return 1 - none
}

/**
 * The chance that at least s of k samples are right, of n of which c are: 1 - sum_{i < s} C(c, i) C(n - c, k - i) / C(n, k), pass@K-S
 * (B-STaR, arXiv:2412.17256, section 2). With s 1 it is pass@k. Throws RangeError as passAtK, and where s is below 1.
 */
export function passAtKS(n: number, c: number, k: number, s: number): number {
  passAtK(n, c, k) // refuses what cannot be
  if (!(s >= 1)) throw new RangeError(`passAtKS: ${s} right ones; expected at least 1`)
  let fewer = 0
  for (let i = 0; i < Math.min(s, k + 1); i++)
    fewer += Math.exp(logChoose(c, i) + logChoose(n - c, k - i) - logChoose(n, k))
  return Math.min(1, Math.max(0, 1 - fewer))
}

/** log C(n, k); -Infinity where there is no way. */
function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return -Infinity
  let sum = 0
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i)
  return sum
}

/** Mean over problems of the share of right samples (average@n), in [0, 1]; NaN where nothing was graded. */
export function averageAtN(tally_P: readonly Tally[]): number {
  return meanOver(tally_P, 1, ({ right, graded }) => right / graded)
}

/** Mean over problems of pass@k; problems with fewer than k graded samples are left out. NaN where none is left. */
export function meanPassAtK(tally_P: readonly Tally[], k: number): number {
  return meanOver(tally_P, k, ({ right, graded }) => passAtK(graded, right, k))
}

function meanOver(tally_P: readonly Tally[], least: number, of: (tally: Tally) => number): number {
  const counted = tally_P.filter(({ graded }) => graded >= least)
  return counted.reduce((sum, tally) => sum + of(tally), 0) / counted.length
}
