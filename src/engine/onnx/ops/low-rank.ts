import { type Graph, requireShapes, type Value } from '../graph.ts'

/**
 * y = base + scale * (x A^T) B^T, a low-rank change of a linear map (arXiv:2106.09685, eq. 3): base [T, out], x [T, in],
 * down A [rank, in], up B [out, rank]. Backward: dbase = dy, dB = scale * dy^T h with h = x A^T, dh = scale * dy B,
 * dA = dh^T x, dx = dh A.
 */
export function lowRank(
  g: Graph,
  base: Value,
  x: Value,
  { down, up, scale }: { readonly down: Value; readonly up: Value; readonly scale: number },
): Value {
  const [rank, input] = down.shape
  const fits =
    x.shape.length === 2 &&
    x.shape[1] === input &&
    up.shape[1] === rank &&
    base.shape[1] === up.shape[0]
  requireShapes(
    fits,
    'lowRank',
    'base [T, out], x [T, in], A [rank, in], B [out, rank]',
    base,
    x,
    down,
    up,
  )
  const alpha = { float: scale }
  const narrow = [x.shape[0]!, rank!]
  const h = g.node('Gemm', [x, down], narrow, { attributes: { transB: 1 } })
  const y = g.node('Gemm', [h, up, base], base.shape, { attributes: { transB: 1, alpha } })
  g.record([base, x, down, up], [y], ([dy]) => {
    const dh = g.node('Gemm', [dy!, up], narrow, { attributes: { alpha } })
    return [
      dy!,
      g.node('Gemm', [dh, down], x.shape),
      g.node('Gemm', [dh, x], down.shape, { attributes: { transA: 1 } }),
      g.node('Gemm', [dy!, h], up.shape, { attributes: { transA: 1, alpha } }),
    ]
  })
  return y
}
