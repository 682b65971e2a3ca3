import { type Graph, requireShapes, type Value } from '../graph.ts'

/**
 * y[n] = table[rows[n]]: table [R, D], rows [N] integers; y [N, D].
 * Backward: dtable = zeros, with dy[n] added to row rows[n]; a row named twice gets both.
 */
export function gatherRows(g: Graph, table: Value, rows: Value): Value {
  const fits = table.shape.length === 2 && rows.shape.length === 1
  requireShapes(fits, 'gatherRows', 'table [R, D] and rows [N]', table, rows)
  const [count] = rows.shape
  const y = g.node('Gather', [table, rows], [count!, table.shape[1]!], { attributes: { axis: 0 } })
  g.record([table], [y], ([dy]) => {
    const shape = g.node('Shape', [table], [2])
    const zeros = g.node('ConstantOfShape', [shape], table.shape)
    const at = g.node('Unsqueeze', [rows, g.integers([1])], [count!, 1])
    // Element by element: ScatterND adds rows from several threads at once, and loses some that have the same name.
    const all = g.node('Expand', [at, g.node('Shape', [dy!], [2])], dy!.shape)
    const attributes = { reduction: 'add', axis: 0 }
    return [g.node('ScatterElements', [zeros, all, dy!], table.shape, { attributes })]
  })
  return y
}
