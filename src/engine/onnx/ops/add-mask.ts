import { type Graph, requireShapes, sameShape, type Value } from '../graph.ts'

/** y = x + mask, the mask [m, n] broadcast over the leading axes of x [..., m, n]; the mask gets no gradient. */
export function addMask(g: Graph, x: Value, mask: Value): Value {
  const fits = mask.shape.length === 2 && sameShape(x.shape.slice(-2), mask.shape)
  requireShapes(fits, 'addMask', 'a mask of the last two axes', x, mask)
  const y = g.node('Add', [x, mask], x.shape)
  g.record([x], [y], ([dy]) => [dy!])
  return y
}
