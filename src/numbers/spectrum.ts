// How many directions the rows of a matrix spread over.

/**
 * exp of the entropy of the singular values of a matrix [rows, width] less the means of its columns, each as a share of their sum: 1 where
 * all lies on a line, as many as there are directions where they are alike (Roy and Vetterli, 2007). 0 where no two rows differ.
 */
export function effectiveRank(
  values: Float32Array,
  width: number,
  rows = values.length / width,
): number {
  const sums = gramOf(values, width, rows)
  const singular = eigenvalues(sums, rows).map(x => Math.sqrt(Math.max(x, 0)))
  const total = singular.reduce((a, b) => a + b, 0)
  const largest = Math.max(...singular, 0)
  if (largest < 1e-7) return 0
  let entropy = 0
  for (const s of singular) if (s > 1e-7 * largest) entropy -= (s / total) * Math.log(s / total)
  return Math.exp(entropy)
}

/** Products of every two rows, from which the means of the columns are taken. */
function gramOf(values: Float32Array, width: number, rows: number): Float64Array {
  const centred = Float64Array.from(values.subarray(0, rows * width))
  for (let column = 0; column < width; column++) {
    let sum = 0
    for (let row = 0; row < rows; row++) sum += centred[row * width + column]!
    for (let row = 0; row < rows; row++) centred[row * width + column]! -= sum / rows
  }
  const gram = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let c = 0; c < width; c++) sum += centred[i * width + c]! * centred[j * width + c]!
      gram[i * rows + j] = gram[j * rows + i] = sum
    }
  return gram
}

/** Eigenvalues of a symmetric matrix [n, n], in no order, by Jacobi's rotations; the matrix is used up. */
export function eigenvalues(a: Float64Array, n: number): number[] {
  for (let sweep = 0; sweep < 30; sweep++) {
    let [off, all] = [0, 0]
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        all += a[i * n + j]! ** 2
        if (i !== j) off += a[i * n + j]! ** 2
      }
    if (off <= 1e-18 * all) break
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, n, p, q)
  }
  return Array.from({ length: n }, (_, i) => a[i * n + i]!)
}

/** Turns rows and columns p and q so that a[p, q] is 0. */
function rotate(a: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!
  if (apq === 0) return
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq)
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1))
  const c = 1 / Math.hypot(t, 1)
  const s = t * c
  for (let k = 0; k < n; k++) {
    const [kp, kq] = [a[k * n + p]!, a[k * n + q]!]
    a[k * n + p] = c * kp - s * kq
    a[k * n + q] = s * kp + c * kq
  }
  for (let k = 0; k < n; k++) {
    const [pk, qk] = [a[p * n + k]!, a[q * n + k]!]
    a[p * n + k] = c * pk - s * qk
    a[q * n + k] = s * pk + c * qk
  }
}
