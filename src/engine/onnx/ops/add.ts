import { type Graph, requireShapes, sameShape, type Value } from '../graph.ts'

/** y = a + b, two equal shapes. Backward: da = db = dy. */
export function add(g: Graph, a: Value, b: Value): Value {
  requireShapes(sameShape(a.shape, b.shape), 'add', 'two equal shapes', a, b)
  const y = g.node('Add', [a, b], a.shape)
  g.record([a, b], [y], ([dy]) => [dy!, dy!])
  return y
}
