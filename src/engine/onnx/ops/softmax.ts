import type { Graph, Value } from '../graph.ts'

/** p = softmax(x) over the last axis. Backward: dx = p (dp - sum(p dp)). */
export function softmax(g: Graph, x: Value): Value {
  const p = g.node('Softmax', [x], x.shape, { attributes: { axis: -1 } })
  g.record([x], [p], ([dp]) => {
    const product = g.node('Mul', [p, dp!], x.shape)
    const sum = g.node('ReduceSum', [product, g.integers([-1])], [...x.shape.slice(0, -1), 1], {
      attributes: { keepdims: 1 },
    })
    return [g.node('Sub', [product, g.node('Mul', [p, sum], x.shape)], x.shape)]
  })
  return p
}
