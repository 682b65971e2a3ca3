import { type Graph, requireShapes, type Value } from '../graph.ts'

/** Where each row goes, and where each came from. */
export interface Arrangement {
  readonly there: Value // [N] integers: the row of x that row n of y is
  readonly back: Value // [R] integers: a row of y that row r of x became
}

/**
 * The rows of x [R, D] in another place: y[n] = x[there[n]], y [N, D]. Backward: dx[r] = dy[back[r]], a copy and no sum: of
 * the rows of y that are one row of x, all but the one that `back` names must get a gradient of zeros.
 */
export function arrangeRows(g: Graph, x: Value, { there, back }: Arrangement): Value {
  const fits = x.shape.length === 2 && there.shape.length === 1 && back.shape[0] === x.shape[0]
  requireShapes(fits, 'arrangeRows', 'x [R, D], there [N] and back [R]', x, there, back)
  const attributes = { axis: 0 }
  const y = g.node('Gather', [x, there], [there.shape[0]!, x.shape[1]!], { attributes })
  g.record([x], [y], ([dy]) => [g.node('Gather', [dy!, back], x.shape, { attributes })])
  return y
}
