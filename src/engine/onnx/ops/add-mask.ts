import { type Graph, requireShapes, type Value } from '../graph.ts'

/** y = x + mask, over the last axes of x, or one for all of them where the mask has 1; the mask gets no gradient. */
export function addMask(g: Graph, x: Value, mask: Value): Value {
  const last = x.shape.slice(-mask.shape.length)
  const fits =
    last.length === mask.shape.length && mask.shape.every((dim, i) => dim === 1 || dim === last[i])
  requireShapes(fits, 'addMask', 'a mask of the last axes', x, mask)
  const y = g.node('Add', [x, mask], x.shape)
  g.record([x], [y], ([dy]) => [dy!])
  return y
}
