import { type Graph, requireShapes, type Shape, type Value } from '../graph.ts'

const transposed = { attributes: { perm: [0, 2, 1, 3] } }

/**
 * Tokens to heads: x [T, heads * size] -> [B, heads, S, size], where T = B * S. `layout` is fed as the integers
 * [B, S, -1, size], because only the run knows B and S. Backward: the same path back.
 */
export function splitHeads(g: Graph, x: Value, layout: Value, heads: number, size: number): Value {
  const fits = x.shape.length === 2 && x.shape[1] === heads * size
  requireShapes(fits, 'splitHeads', `[T, ${heads} * ${size}]`, x)
  const y = toHeads(g, x, layout, heads, size)
  g.record([x], [y], ([dy]) => [toTokens(g, dy!, x.shape)])
  return y
}

/** Heads to tokens: x [B, heads, S, size] -> [T, heads * size]. Backward: the same path back. */
export function mergeHeads(g: Graph, x: Value, layout: Value): Value {
  const [, heads, , size] = x.shape as readonly [string, number, string, number]
  requireShapes(x.shape.length === 4, 'mergeHeads', '[B, heads, S, size]', x)
  const y = toTokens(g, x, ['T', heads * size])
  g.record([x], [y], ([dy]) => [toHeads(g, dy!, layout, heads, size)])
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

function toHeads(g: Graph, x: Value, layout: Value, heads: number, size: number): Value {
  const shaped = g.node('Reshape', [x, layout], ['B', 'S', heads, size])
  return g.node('Transpose', [shaped], ['B', heads, 'S', size], transposed)
}

function toTokens(g: Graph, x: Value, shape: Shape): Value {
  const [batch, heads, length, size] = x.shape
  const turned = g.node('Transpose', [x], [batch!, length!, heads!, size!], transposed)
  return g.node('Reshape', [turned, g.integers([-1, Number(shape[1])])], shape)
}
