import { type Graph, requireShapes, type Value } from '../graph.ts'

/**
 * y = x W^T (+ bias): x [T, in], weight [out, in] as Hugging Face stores it, bias [out]; y [T, out].
 * Backward: dx = dy W, dW = dy^T x, dbias = sum over T of dy.
 */
export function linear(g: Graph, x: Value, weight: Value, bias?: Value): Value {
  const [rows, size] = x.shape
  const [out, input] = weight.shape
  const fits = x.shape.length === 2 && weight.shape.length === 2 && size === input
  requireShapes(fits, 'linear', 'x [T, in] and weight [out, in]', x, weight)
  const product = fused(g, x, weight, [rows!, out!], { transB: 1 })
  g.record([x, weight], [product], ([dy]) => [
    fused(g, dy!, weight, x.shape, {}),
    fused(g, dy!, x, weight.shape, { transA: 1 }),
  ])
  return bias === undefined ? product : addBias(g, product, bias)
}

function addBias(g: Graph, x: Value, bias: Value): Value {
  const fits = bias.shape.length === 1 && bias.shape[0] === x.shape[1]
  requireShapes(fits, 'linear', 'a bias [out] for [T, out]', x, bias)
  const y = g.node('Add', [x, bias], x.shape)
  g.record([x, bias], [y], ([dy]) => [
    dy!,
    g.node('ReduceSum', [dy!, g.integers([0])], bias.shape, { attributes: { keepdims: 0 } }),
  ])
  return y
}

function fused(
  g: Graph,
  a: Value,
  b: Value,
  shape: Value['shape'],
  attributes: Record<string, number>,
): Value {
  return g.node('FusedMatMul', [a, b], shape, { attributes, domain: 'com.microsoft' })
}
