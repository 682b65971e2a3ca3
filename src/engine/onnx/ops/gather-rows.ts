import { type Graph, requireShapes, type Value } from '../graph.ts'

/**
 * y[n] = x[rows[n]]: x [R, D], rows [N] integers; y [N, D]. Backward: dx = zeros, with dy[n] at row rows[n]. For a
 * gradient the rows must be distinct: the library would add those of one name from several threads at once, and lose some.
 */
export function gatherRows(g: Graph, x: Value, rows: Value): Value {
  const fits = x.shape.length === 2 && rows.shape.length === 1
  requireShapes(fits, 'gatherRows', 'x [R, D] and rows [N]', x, rows)
  const [count] = rows.shape
  const y = g.node('Gather', [x, rows], [count!, x.shape[1]!], { attributes: { axis: 0 } })
  g.record([x], [y], ([dy]) => {
    const shape = g.node('Shape', [x], [2])
    const zeros = g.node('ConstantOfShape', [shape], x.shape)
    const at = g.node('Unsqueeze', [rows, g.integers([1])], [count!, 1])
    return [g.node('ScatterND', [zeros, at, dy!], x.shape)]
  })
  return y
}
