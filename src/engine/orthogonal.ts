import { mean } from '../numbers/numeric.ts'

/** The rows of a head, wherever they lie in what learns. */
export interface HeadRows {
  readonly rows: number
  readonly width: number
  readonly at: (row: number, i: number) => number // index of a weight
}

/**
 * Adds to the gradient that of weight * sum over pairs of rows of |cosine|, each row less its mean: 0 where what the outputs read of
 * a hidden state has nothing in common (the orthogonality of ODIN, arXiv:2402.07319, eq. 7). Returns that sum.
 */
export function addOrthogonal(
  gradient: Float32Array,
  weights: Float32Array,
  { rows, width, at }: HeadRows,
  weight: number,
): number {
  const units = Array.from({ length: rows }, (_, row) => {
    const own = Array.from({ length: width }, (_, i) => weights[at(row, i)]!)
    const centre = mean(own)
    const length = Math.hypot(...own.map(w => w - centre)) || Number.POSITIVE_INFINITY
    return { length, unit: own.map(w => (w - centre) / length) }
  })
  let total = 0
  for (let a = 0; a < rows; a++)
    for (let b = a + 1; b < rows; b++) {
      const [one, other] = [units[a]!, units[b]!]
      const cosine = one.unit.reduce((sum, w, i) => sum + w * other.unit[i]!, 0)
      const slope = weight * Math.sign(cosine)
      total += Math.abs(cosine)
      for (let i = 0; i < width; i++) {
        const [u, v] = [one.unit[i]!, other.unit[i]!]
        gradient[at(a, i)]! += (slope * (v - cosine * u)) / one.length
        gradient[at(b, i)]! += (slope * (u - cosine * v)) / other.length
      }
    }
  return total
}
