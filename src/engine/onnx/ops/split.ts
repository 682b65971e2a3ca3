import { type Graph, requireShapes, type Value } from '../graph.ts'

/** Cuts x [T, D] into columns of the given widths, which add up to D. Backward: the gradients side by side. */
export function split(g: Graph, x: Value, widths: readonly number[]): Value[] {
  const total = widths.reduce((a, b) => a + b, 0)
  const fits = x.shape.length === 2 && x.shape[1] === total
  requireShapes(fits, 'split', `[T, ${total}] for widths ${widths.join(' + ')}`, x)
  const shapes = widths.map(width => [x.shape[0]!, width])
  const parts = g.nodeOutputs('Split', [x, g.integers(widths)], shapes, {
    attributes: { axis: 1 },
  })
  g.record([x], parts, gradients => {
    requireShapes(!gradients.includes(null), 'split', 'a gradient for every part', x)
    return [g.node('Concat', gradients as Value[], x.shape, { attributes: { axis: 1 } })]
  })
  return parts
}
