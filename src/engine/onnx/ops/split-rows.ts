import { EngineError } from '../../../errors.ts'
import { type Graph, requireShapes, type Value } from '../graph.ts'

/**
 * Cuts x [N, ...] into `parts` pieces along its rows: sizes [parts] integers that add up to N; piece i is
 * [`${name}${i}`, ...]. Backward: the pieces' gradients, one below the other; every piece must have one.
 */
export function splitRows(
  g: Graph,
  x: Value,
  sizes: Value,
  { parts, name = 'N' }: { readonly parts: number; readonly name?: string },
): Value[] {
  const fits = x.shape.length > 0 && sizes.shape.length === 1 && sizes.shape[0] === parts
  requireShapes(fits, 'splitRows', `x [N, ...] and sizes [${parts}]`, x, sizes)
  const rest = x.shape.slice(1)
  const shapes = Array.from({ length: parts }, (_, i) => [`${name}${i}`, ...rest])
  const pieces = g.nodeOutputs('Split', [x, sizes], shapes, { attributes: { axis: 0 } })
  const typed = pieces.map((piece): Value => ({ ...piece, type: x.type }))
  g.record([x], typed, gradients => {
    if (gradients.includes(null)) throw new EngineError('splitRows: a piece has no gradient')
    return [g.node('Concat', gradients as Value[], x.shape, { attributes: { axis: 0 } })]
  })
  return typed
}
