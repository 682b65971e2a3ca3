import { EngineError } from '../../../errors.ts'
import { type Dim, type Graph, requireShapes, type Shape, type Value } from '../graph.ts'

/** Along which axis, and what the pieces or the whole have there: a number, or a name of one. */
export interface PieceOptions<Sizes> {
  readonly axis?: number // default 0
  readonly names: Sizes
}

/**
 * Cuts x into pieces along an axis: sizes [parts] integers that add up to it. Backward: the pieces' gradients, side by
 * side; every piece must have one.
 */
export function split(
  g: Graph,
  x: Value,
  sizes: Value,
  { axis = 0, names }: PieceOptions<readonly Dim[]>,
): Value[] {
  const fits = axis < x.shape.length && sizes.shape.length === 1 && sizes.shape[0] === names.length
  requireShapes(fits, 'split', `an axis ${axis} of x and sizes [${names.length}]`, x, sizes)
  const shapes = names.map(name => x.shape.with(axis, name))
  const pieces = cut(g, x, sizes, { axis, shapes })
  g.record([x], pieces, gradients => {
    if (gradients.includes(null)) throw new EngineError('split: a piece has no gradient')
    return [g.node('Concat', gradients as Value[], x.shape, { attributes: { axis } })]
  })
  return pieces
}

/** Pieces side by side along an axis: sizes [parts] as split has them. Backward: cut there again. */
export function concat(
  g: Graph,
  pieces: readonly Value[],
  sizes: Value,
  { axis = 0, names }: PieceOptions<Dim>,
): Value {
  const rest = ({ shape }: Value): string => shape.toSpliced(axis, 1).join()
  const fits = sizes.shape[0] === pieces.length && new Set(pieces.map(rest)).size === 1
  requireShapes(fits, 'concat', 'pieces alike but for one axis, and a size of each', ...pieces)
  const y = g.node('Concat', pieces, pieces[0]!.shape.with(axis, names), { attributes: { axis } })
  const shapes = pieces.map(({ shape }) => shape)
  g.record(pieces, [y], ([dy]) => cut(g, dy!, sizes, { axis, shapes }))
  return y
}

/** x repeated along axes of 1 to `shape`: `times` [rank] says how often, as integers. Backward: the sum over the copies. */
export function repeat(g: Graph, x: Value, times: Value, shape: Shape): Value {
  const axes = shape.flatMap((dim, i) => (dim === x.shape[i] ? [] : [i]))
  const fits = shape.length === x.shape.length && axes.every(i => x.shape[i] === 1)
  const expected = `axes of 1 that become [${shape.join(', ')}], and how often`
  requireShapes(fits && times.shape[0] === shape.length, 'repeat', expected, x, times)
  if (axes.length === 0) return x
  const y = g.node('Expand', [x, times], shape)
  g.record([x], [y], ([dy]) => {
    const attributes = { keepdims: 1 }
    return [g.node('ReduceSum', [dy!, g.integers(axes)], x.shape, { attributes })]
  })
  return y
}

function cut(
  g: Graph,
  x: Value,
  sizes: Value,
  { axis, shapes }: { readonly axis: number; readonly shapes: readonly Shape[] },
): Value[] {
  const pieces = g.nodeOutputs('Split', [x, sizes], shapes, { attributes: { axis } })
  return pieces.map((piece): Value => ({ ...piece, type: x.type }))
}
