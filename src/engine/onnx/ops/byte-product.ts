// Products of rows and a matrix in 8 bits. What a row is rounded to depends on that row alone, and the sums are of integers:
// a row comes out the same, to the last bit, whatever rows it is multiplied with.

import { type Graph, requireShapes, type Value } from '../graph.ts'

/** Rows [T, in] in steps of their own, 127 to each side of 0, which is the byte 128. */
export interface ByteRows {
  readonly bytes: Value // [T, in]
  readonly steps: Value // [T, 1], what one step is worth
}

/** A matrix [in, out] in bytes, each column in steps of its own [out]. */
export interface ByteMatrix {
  readonly bytes: Value
  readonly steps: Value
}

const zero = 128
const least = 1e-30 // of a row's step, where all of the row is 0

/** x [T, in] to the nearest of 255 steps, the largest of a row being 127 of them. No gradient passes. */
export function roundRows(g: Graph, x: Value): ByteRows {
  const column = [x.shape[0]!, 1]
  const sizes = g.node('Abs', [x], x.shape)
  const attributes = { keepdims: 1 }
  const most = g.node('ReduceMax', [sizes, g.integers([-1])], column, { attributes })
  const shares = g.node('Mul', [most, g.scalar(1 / 127)], column)
  const steps = g.node('Max', [shares, g.scalar(least)], column)
  const scaled = g.node('Div', [x, steps], x.shape)
  const bytes = g.node('QuantizeLinear', [scaled, g.scalar(1), g.byte(zero)], x.shape)
  return { bytes, steps }
}

/** y = x W [T, out], of what both were rounded to: sums of integers, then the steps. */
export function byteProduct(g: Graph, rows: ByteRows, matrix: ByteMatrix): Value {
  const { bytes } = matrix
  const fits = bytes.shape.length === 2 && rows.bytes.shape[1] === bytes.shape[0]
  requireShapes(fits, 'byteProduct', 'x [T, in] and W [in, out]', rows.bytes, bytes)
  const shape = [rows.bytes.shape[0]!, bytes.shape[1]!]
  const inputs = [rows.bytes, bytes, g.scalar(1), matrix.steps, g.byte(zero)]
  const sums = g.node('MatMulIntegerToFloat', inputs, shape, { domain: 'com.microsoft' })
  return g.node('Mul', [sums, rows.steps], shape)
}
