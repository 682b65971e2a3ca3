import { type Graph, requireShapes, type Shape, sameShape, type Value } from '../graph.ts'

/**
 * y = x / sqrt(mean(x^2) + epsilon) * weight over the last axis: x [..., D], weight [D] (RMSNorm, arXiv:1910.07467).
 * With n = x / deviation and u = dy * weight: dweight = sum over all rows of dy n, dx = (u - n mean(u n)) / deviation.
 */
export function rmsNorm(g: Graph, x: Value, weight: Value, epsilon: number): Value {
  const leading = x.shape.slice(0, -1)
  const fits = leading.length > 0 && sameShape(weight.shape, x.shape.slice(-1))
  requireShapes(fits, 'rmsNorm', 'x [..., D] and weight [D]', x, weight)
  const column = [...leading, 1]
  const attributes = { axis: -1, epsilon: { float: epsilon } }
  const shapes = g.device === 'webgpu' ? [x.shape] : [x.shape, column]
  const [y, given] = g.nodeOutputs('SimplifiedLayerNormalization', [x, weight], shapes, {
    attributes,
  }) as [Value, Value?]
  g.record([x, weight], [y], ([dy]) => {
    const inverse = given ?? inverseDeviation(g, x, column, epsilon)
    const normal = g.node('Mul', [x, inverse], x.shape)
    const weighted = g.node('Mul', [dy!, weight], x.shape)
    const product = g.node('Mul', [weighted, normal], x.shape)
    const mean = g.rowMean(product)
    const radial = g.node('Mul', [normal, mean], x.shape)
    const tangent = g.node('Sub', [weighted, radial], x.shape)
    const dx = g.node('Mul', [tangent, inverse], x.shape)
    const scaled = g.node('Mul', [dy!, normal], x.shape)
    const dweight = g.node('ReduceSum', [scaled, g.integers([...leading.keys()])], weight.shape, {
      attributes: { keepdims: 0 },
    })
    return [dx, dweight]
  })
  return y
}

/** 1 / sqrt(mean(x^2) + epsilon): the second output of the library's norm, but on WebGPU, where that is another number. */
function inverseDeviation(g: Graph, x: Value, column: Shape, epsilon: number): Value {
  const square = g.node('Mul', [x, x], x.shape)
  const mean = g.rowMean(square)
  const deviation = g.node('Sqrt', [g.node('Add', [mean, g.scalar(epsilon)], column)], column)
  return g.node('Reciprocal', [deviation], column)
}
