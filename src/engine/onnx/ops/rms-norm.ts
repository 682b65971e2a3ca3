import { type Graph, requireShapes, type Value } from '../graph.ts'

/**
 * y = x / sqrt(mean(x^2) + epsilon) * weight over the last axis: x [T, D], weight [D] (RMSNorm, arXiv:1910.07467).
 * With n = x / deviation and u = dy * weight: dweight = sum over T of dy n, dx = (u - n mean(u n)) / deviation.
 */
export function rmsNorm(g: Graph, x: Value, weight: Value, epsilon: number): Value {
  const [rows, size] = x.shape
  const fits = x.shape.length === 2 && weight.shape.length === 1 && weight.shape[0] === size
  requireShapes(fits, 'rmsNorm', 'x [T, D] and weight [D]', x, weight)
  const [y, inverse] = g.nodeOutputs(
    'SimplifiedLayerNormalization',
    [x, weight],
    [x.shape, [rows!, 1]],
    { attributes: { axis: -1, epsilon: { float: epsilon } } },
  ) as [Value, Value] // the second output is 1 / deviation
  g.record([x, weight], [y], ([dy]) => {
    const normal = g.node('Mul', [x, inverse], x.shape)
    const weighted = g.node('Mul', [dy!, weight], x.shape)
    const product = g.node('Mul', [weighted, normal], x.shape)
    const mean = g.node('ReduceMean', [product], [rows!, 1], {
      attributes: { axes: [-1], keepdims: 1 },
    })
    const radial = g.node('Mul', [normal, mean], x.shape)
    const tangent = g.node('Sub', [weighted, radial], x.shape)
    const dx = g.node('Mul', [tangent, inverse], x.shape)
    const scaled = g.node('Mul', [dy!, normal], x.shape)
    const dweight = g.node('ReduceSum', [scaled, g.integers([0])], weight.shape, {
      attributes: { keepdims: 0 },
    })
    return [dx, dweight]
  })
  return y
}
