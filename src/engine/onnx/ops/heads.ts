import { type Graph, requireShapes, type Shape, type Value } from '../graph.ts'

const transposed = { attributes: { perm: [0, 2, 1, 3] } }

/** Which heads there are, and the name of their rows. */
export interface Heads {
  readonly heads: number
  readonly size: number
  readonly rows?: string // default 'S'
}

/**
 * Tokens to heads: x [T, heads * size] -> [B, heads, S, size], where T = B * S. `layout` is fed as the integers
 * [B, S, -1, size], because only the run knows B and S. Backward: the same path back.
 */
export function splitHeads(
  g: Graph,
  x: Value,
  layout: Value,
  { heads, size, rows = 'S' }: Heads,
): Value {
  const fits = x.shape.length === 2 && x.shape[1] === heads * size
  requireShapes(fits, 'splitHeads', `[T, ${heads} * ${size}]`, x)
  const y = toHeads(g, x, layout, ['B', heads, rows, size])
  g.record([x], [y], ([dy]) => [toTokens(g, dy!, x.shape)])
  return y
}

/** Heads to tokens: x [B, heads, S, size] -> [T, heads * size]. Backward: the same path back. */
export function mergeHeads(g: Graph, x: Value, layout: Value, tokens = 'T'): Value {
  const [, heads, , size] = x.shape as readonly [string, number, string, number]
  requireShapes(x.shape.length === 4, 'mergeHeads', '[B, heads, S, size]', x)
  const y = toTokens(g, x, [tokens, heads * size])
  g.record([x], [y], ([dy]) => [toHeads(g, dy!, layout, x.shape)])
  return y
}

/**
 * Puts the queries that share one key head below each other, so that grouped-query attention needs no copies of the
 * keys (arXiv:2305.13245): x [B, heads, S, size] -> [B, groups, heads / groups * S, size].
 */
export function regroup(g: Graph, x: Value, groups: number, rows: string): Value {
  const [batch, heads, , size] = x.shape as readonly [string, number, string, number]
  requireShapes(x.shape.length === 4, 'regroup', '[B, heads, S, size]', x)
  if (heads === groups) return x
  const reshape = (v: Value, n: number, shape: Shape): Value =>
    g.node('Reshape', [v, g.integers([0, n, -1, size])], shape)
  const y = reshape(x, groups, [batch, groups, rows, size])
  g.record([x], [y], ([dy]) => [reshape(dy!, heads, x.shape)])
  return y
}

/** x in the axes `shape`, which `to` holds as integers. Backward: in its own, which `from` holds. */
export function reshape(
  g: Graph,
  x: Value,
  { to, from, shape }: { readonly to: Value; readonly from: Value; readonly shape: Shape },
): Value {
  const y = g.node('Reshape', [x, to], shape)
  g.record([x], [y], ([dy]) => [g.node('Reshape', [dy!, from], x.shape)])
  return y
}

function toHeads(g: Graph, x: Value, layout: Value, shape: Shape): Value {
  const [batch, heads, rows, size] = shape
  const shaped = g.node('Reshape', [x, layout], [batch!, rows!, heads!, size!])
  return g.node('Transpose', [shaped], shape, transposed)
}

function toTokens(g: Graph, x: Value, shape: Shape): Value {
  const [batch, heads, length, size] = x.shape
  const turned = g.node('Transpose', [x], [batch!, length!, heads!, size!], transposed)
  return g.node('Reshape', [turned, g.integers([-1, Number(shape[1])])], shape)
}
