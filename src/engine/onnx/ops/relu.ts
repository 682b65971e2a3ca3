import type { Graph, Value } from '../graph.ts'

/** y = max(x, 0), element by element. Backward: dx = dy where x > 0, else 0 (at the kink too, as PyTorch). */
export function relu(g: Graph, x: Value): Value {
  const y = g.node('Relu', [x], x.shape)
  g.record([x], [y], ([dy]) => {
    const open = g.node('Sign', [y], x.shape) // 1 where something passed
    return [g.node('Mul', [dy!, open], x.shape)]
  })
  return y
}
