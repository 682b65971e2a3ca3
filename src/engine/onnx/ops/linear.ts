import { type Graph, requireShapes, type Shape, sameShape, type Value } from '../graph.ts'

/**
 * y = x W^T + c: x [T, in], weight [out, in] as Hugging Face stores it, y [T, out]; c is a bias [out], or [T, out] such
 * as a residual stream, or absent. Backward: dx = dy W, dW = dy^T x, dc = dy, summed over T where c is a bias.
 */
export function linear(g: Graph, x: Value, weight: Value, c?: Value): Value {
  const [rows, size] = x.shape
  const [out, input] = weight.shape
  const fits = x.shape.length === 2 && weight.shape.length === 2 && size === input
  requireShapes(fits, 'linear', 'x [T, in] and weight [out, in]', x, weight)
  const shape = [rows!, out!]
  const isBias = c?.shape.length === 1
  if (c !== undefined) {
    const adds = sameShape(c.shape, isBias ? [out!] : shape)
    requireShapes(adds, 'linear', `[${out}] or [${shape.join(', ')}] to add`, c, weight)
  }
  const added = c === undefined ? [] : [c]
  const y = g.node('Gemm', [x, weight, ...added], shape, { attributes: { transB: 1 } })
  g.record([x, weight, ...added], [y], ([dy]) => [
    g.node('Gemm', [dy!, g.again(weight)], x.shape),
    g.node('Gemm', [dy!, x], weight.shape, { attributes: { transA: 1 } }),
    ...added.map(() => (isBias ? sumRows(g, dy!, [out!]) : dy!)),
  ])
  return y
}

function sumRows(g: Graph, x: Value, shape: Shape): Value {
  return g.node('ReduceSum', [x, g.integers([0])], shape, { attributes: { keepdims: 0 } })
}
