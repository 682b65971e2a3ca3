import { type Graph, requireShapes, type Shape, type Value } from '../graph.ts'

/** Whether the right side is transposed, and a factor on the product. */
export interface MatmulOptions {
  readonly transB?: boolean
  readonly scale?: number
}

/**
 * y = scale * a b, or scale * a b^T, over the last two axes: a [..., m, k], b [..., k, n] or [..., n, k], where a leading
 * axis of b may be 1: one b for all of a's. Backward: da = scale * dy b^T, db = scale * a^T dy (sides exchanged where b is
 * transposed), summed over what one b was for.
 */
export function batchedMatmul(
  g: Graph,
  a: Value,
  b: Value,
  { transB = false, scale = 1 }: MatmulOptions = {},
): Value {
  const rank = a.shape.length
  const [k, n] = transB ? [b.shape[rank - 1], b.shape[rank - 2]] : b.shape.slice(rank - 2)
  const fits =
    rank >= 2 &&
    b.shape.length === rank &&
    a.shape[rank - 1] === k &&
    a.shape.slice(0, -2).every((dim, i) => dim === b.shape[i] || b.shape[i] === 1)
  requireShapes(fits, 'batchedMatmul', 'the same leading axes and one inner size', a, b)
  const single = b.shape.slice(0, -2).flatMap((dim, i) => (dim === a.shape[i] ? [] : [i]))
  const summed = (db: Value): Value => {
    if (single.length === 0) return db
    const attributes = { keepdims: 1 }
    return g.node('ReduceSum', [db, g.integers(single)], b.shape, { attributes })
  }
  const each = [...a.shape.slice(0, -2), ...b.shape.slice(-2)]
  const multiply = (l: Value, r: Value, shape: Shape, transA: boolean, transR: boolean): Value =>
    g.node('FusedMatMul', [l, r], shape, {
      attributes: { transA: Number(transA), transB: Number(transR), alpha: { float: scale } },
      domain: 'com.microsoft',
    })
  const y = multiply(a, b, [...a.shape.slice(0, -1), n!], false, transB)
  g.record([a, b], [y], ([dy]) => [
    multiply(dy!, b, a.shape, false, !transB),
    summed(transB ? multiply(dy!, a, each, true, false) : multiply(a, dy!, each, true, false)),
  ])
  return y
}
