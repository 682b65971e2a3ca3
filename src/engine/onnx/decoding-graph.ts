// The graph that samples token by token.

import { maskInputs, rotaryInputs } from './attention.ts'
import type { Shape, Value } from './graph.ts'
import { batchedMatmul } from './ops/batched-matmul.ts'
import { softmax } from './ops/softmax.ts'
import { type Blueprint, Transformer } from './transformer.ts'

/**
 * One token per row: reads the cache (keys and values [B, kvHeads, S, size]) and returns logits [B, V] with the new keys
 * and values alone, since large outputs are copied and large inputs are not.
 */
export function decodeGraph(
  blueprint: Blueprint,
  fixed?: ReadonlyMap<string, Float32Array>,
): Uint8Array {
  const t = new Transformer(blueprint, fixed)
  const { g, config } = t
  const { heads, kvHeads, headDim } = config
  const tables = rotaryInputs(t, 'positions', ['B', 1])
  const masks = maskInputs(t, ['mask', 'windowMask'], ['B', 1, 1, 'S'])
  const toHeads = (v: Value, n: number): Value =>
    g.node('Reshape', [v, g.integers([0, n, 1, headDim])], ['B', n, 1, headDim])
  const outputs: Record<string, Value> = {}
  let x = t.embed(g.input('ids', 'int64', ['B']))
  for (let l = 0; l < config.layers; l++) {
    const layer = `model.layers.${l}`
    const [Q, K, V] = t.project(t.norm(x, `${layer}.input_layernorm`), layer)
    const keys = t.place(toHeads(K, kvHeads), l, 'k', tables)
    const values = toHeads(V, kvHeads)
    const grouped = [0, kvHeads, heads / kvHeads, headDim]
    const rotated = t.place(toHeads(Q, heads), l, 'q', tables)
    const groupShape: Shape = ['B', kvHeads, heads / kvHeads, headDim]
    const queries = g.node('Reshape', [rotated, g.integers(grouped)], groupShape)
    const pastShape: Shape = ['B', kvHeads, 'S', headDim]
    const past: [Value, Value] = [
      g.input(`k${l}`, 'float32', pastShape),
      g.input(`v${l}`, 'float32', pastShape),
    ]
    const mixed = attendCache(t, queries, [keys, values], past, masks(l))
    const flat = g.node(
      'Reshape',
      [mixed, g.integers([0, heads * headDim])],
      ['B', heads * headDim],
    )
    x = t.finish(x, flat, layer)
    outputs[`k${l}:new`] = keys
    outputs[`v${l}:new`] = values
  }
  return g.build({ logits: t.logits(t.norm(x, 'model.norm')), ...outputs })
}

/** Attention of one new token a row over itself and the cached ones: softmax([q k_new, q K_past + mask]) [v_new, V_past]. */
function attendCache(
  { g, config }: Transformer,
  queries: Value,
  [keys, values]: [Value, Value],
  [pastKeys, pastValues]: [Value, Value],
  mask: Value,
): Value {
  const [batch, groups, rows, size] = queries.shape
  // Scaled here, since a product with a factor misses the library's fast path for single rows.
  const scaled = g.node('Mul', [queries, g.scalar(config.headDim ** -0.5)], queries.shape)
  const shape = (last: number | string): Shape => [batch!, groups!, rows!, last]
  const old = batchedMatmul(g, scaled, pastKeys, { transB: true })
  const masked = g.node('Add', [old, mask], old.shape)
  // One product a row: element by element, since a product of matrices costs the library more than it does.
  const pairs = g.node('Mul', [scaled, keys], queries.shape)
  const own = g.node('ReduceSum', [pairs, g.integers([-1])], shape(1), {
    attributes: { keepdims: 1 },
  })
  const all = g.node('Concat', [own, masked], shape('S+1'), { attributes: { axis: 3 } })
  const p = softmax(g, all)
  const cut = (from: number, to: number, last: number | string): Value =>
    g.node('Slice', [p, g.integers([from]), g.integers([to]), g.integers([3])], shape(last))
  const fromNew = g.node('Mul', [cut(0, 1, 1), values], shape(size!))
  const fromOld = batchedMatmul(g, cut(1, 2 ** 31, 'S'), pastValues)
  return g.node('Add', [fromOld, fromNew], shape(size!))
}
