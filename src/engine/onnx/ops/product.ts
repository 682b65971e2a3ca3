import type { Graph, Shape, Value } from '../graph.ts'

/** Which sides of a product are transposed, and a factor on it. */
export interface ProductOptions {
  readonly transA?: boolean
  readonly transB?: boolean
  readonly scale?: number
}

/** scale * a b over the last two axes. */
export function product(
  g: Graph,
  a: Value,
  b: Value,
  shape: Shape,
  { transA = false, transB = false, scale = 1 }: ProductOptions = {},
): Value {
  return g.node('FusedMatMul', [a, b], shape, {
    attributes: { transA: Number(transA), transB: Number(transB), alpha: { float: scale } },
    domain: 'com.microsoft',
  })
}
