import { type Graph, requireShapes, sameShape, type Value } from '../graph.ts'
import { product } from './product.ts'

/** Queries [B, H, m, size], keys and values [B, H, n, size]. */
export interface Attended {
  readonly queries: Value
  readonly keys: Value
  readonly values: Value
}

/**
 * y = p v with p = softmax(q k^T / sqrt(size) + mask) over the keys: [B, H, m, size]. The mask is [m, n], or [B, 1, m, n], and
 * gets no gradient. Backward: dv = p^T dy, ds = p (dy v^T - rowsum(dy y)) / sqrt(size), dq = ds k, dk = ds^T q; the row sums
 * go over the features of y, which are fewer than the keys (arXiv:2205.14135, B.4).
 */
export function attention(
  g: Graph,
  { queries: q, keys: k, values: v }: Attended,
  mask: Value,
): Value {
  const size = q.shape.at(-1)
  const scores = q.shape.with(-1, k.shape.at(-2)!)
  const fits =
    q.shape.length === 4 &&
    sameShape(k.shape, q.shape.with(-2, k.shape.at(-2)!)) &&
    sameShape(v.shape, k.shape) &&
    (sameShape(mask.shape, scores.slice(-2)) || sameShape(mask.shape, scores.with(1, 1)))
  requireShapes(fits, 'attention', 'keys and values of the queries, and a mask', q, k, v, mask)
  // One operation where the library has it; for a gradient it would give what is between only as a copy.
  if (!g.learns && g.device === 'cpu') return g.node('Attention', [q, k, v, mask], q.shape)
  const scale = Number(size) ** -0.5
  const s = product(g, q, k, scores, { transB: true, scale })
  const p = g.node('Softmax', [g.node('Add', [s, mask], scores)], scores, {
    attributes: { axis: -1 },
  })
  const y = product(g, p, v, q.shape)
  g.record([q, k, v], [y], ([dy]) => {
    const mixed = g.node('Mul', [dy!, y], q.shape)
    const sums = g.node('ReduceSum', [mixed, g.integers([-1])], q.shape.with(-1, 1), {
      attributes: { keepdims: 1 },
    })
    const dp = product(g, dy!, v, scores, { transB: true })
    const ds = g.node('Mul', [p, g.node('Sub', [dp, sums], scores)], scores)
    return [
      product(g, ds, k, q.shape, { scale }),
      product(g, ds, q, k.shape, { transA: true, scale }),
      product(g, p, dy!, v.shape, { transA: true }),
    ]
  })
  return y
}
