import { type Graph, requireShapes, type Value } from '../graph.ts'

/** Rotation tables [positions, size / 2] and, where rows differ, the position of each token. */
export interface RotaryTables {
  readonly cos: Value
  readonly sin: Value
  readonly positions: Value // [1]: the first position of every row, or [B, S]
}

/**
 * Rotary positions, halves rotated as Llama and Qwen do (arXiv:2104.09864): x [B, heads, S, size].
 * y1 = x1 cos - x2 sin, y2 = x2 cos + x1 sin. Backward: the rotation by the opposite angle.
 */
export function rotary(g: Graph, x: Value, { cos, sin, positions }: RotaryTables): Value {
  const fits = x.shape.length === 4 && Number(x.shape[3]) === 2 * Number(cos.shape[1])
  requireShapes(fits, 'rotary', 'x [B, heads, S, size] and tables [positions, size / 2]', x, cos)
  const turn = (v: Value, s: Value): Value =>
    g.node('RotaryEmbedding', [v, positions, cos, s], x.shape, { domain: 'com.microsoft' })
  const y = turn(x, sin)
  g.record([x], [y], ([dy]) => [turn(dy!, g.node('Neg', [sin], sin.shape))])
  return y
}
