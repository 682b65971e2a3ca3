// The graph that samples token by token.

import { maskInputs, rotaryInputs } from './attention.ts'
import type { Shape, Value } from './graph.ts'
import { product } from './ops/product.ts'
import { type Blueprint, type LaidOut, Transformer } from './transformer.ts'

/**
 * One token per row: reads the cache (keys and values [B, kvHeads, S, size]) and returns logits [B, V] with the new keys
 * and values alone, since large outputs are copied and large inputs are not.
 */
export function decodeGraph(blueprint: Blueprint, laidOut: LaidOut = {}): Uint8Array {
  const t = new Transformer(blueprint, laidOut)
  const { g, config } = t
  const { heads, kvHeads, headDim } = config
  const tables = rotaryInputs(t, 'positions', ['B', 1])
  const masks = maskInputs(t, ['mask', 'windowMask'], ['B', 1, 1, 1, 'S'])
  // A vector: the library makes a single number a factor of the product, and then misses its fast way.
  const scale = g.fixed('scale', [headDim], new Float32Array(headDim).fill(headDim ** -0.5))
  const toHeads = (v: Value, n: number): Value =>
    g.node('Reshape', [v, g.integers([0, n, 1, headDim])], ['B', n, 1, headDim])
  const outputs: Record<string, Value> = {}
  let x = t.embed(g.input('ids', 'int64', ['B']))
  for (let l = 0; l < config.layers; l++) {
    const layer = `model.layers.${l}`
    const [Q, K, V] = t.project(t.norm(x, `${layer}.input_layernorm`), layer)
    const keys = t.place(toHeads(K, kvHeads), l, 'k', tables)
    const values = toHeads(V, kvHeads)
    const turned = t.place(toHeads(Q, heads), l, 'q', tables)
    const queries = g.node('Mul', [turned, scale], turned.shape)
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

/**
 * Attention of one new token a row, scaled queries [B, heads, 1, size], over itself and the cached ones:
 * softmax([q k_new, q K_past + mask]) [v_new, V_past] as [B, kvHeads, heads / kvHeads, 1, size]. The library has a fast way
 * for a product of a single row, and none for a few: every head is a product of its own.
 */
function attendCache(
  { g, config }: Transformer,
  queries: Value,
  newest: readonly [Value, Value],
  past: readonly [Value, Value],
  mask: Value,
): Value {
  const { heads, kvHeads, headDim } = config
  const apart = (x: Value, each: number, rows: number | string): Value => {
    const sizes = g.integers([0, kvHeads, each, rows === 1 ? 1 : -1, headDim])
    return g.node('Reshape', [x, sizes], ['B', kvHeads, each, rows, headDim])
  }
  const own = apart(queries, heads / kvHeads, 1)
  const [keys, values] = newest.map(x => apart(x, 1, 1)) as [Value, Value]
  const [pastKeys, pastValues] = past.map(x => apart(x, 1, 'S')) as [Value, Value]
  const shape = (last: number | string): Shape => [...own.shape.slice(0, -1), last]
  const old = product(g, own, pastKeys, shape('S'), { transB: true })
  const masked = g.node('Add', [old, mask], old.shape)
  // One product a row: element by element, since a product of matrices costs the library more than it does.
  const pairs = g.node('Mul', [own, keys], own.shape)
  const onSelf = g.node('ReduceSum', [pairs, g.integers([-1])], shape(1), {
    attributes: { keepdims: 1 },
  })
  const all = g.node('Concat', [onSelf, masked], shape('S+1'), { attributes: { axis: 4 } })
  const p = g.node('Softmax', [all], all.shape, { attributes: { axis: -1 } })
  const cut = (from: number, to: number, last: number | string): Value =>
    g.node('Slice', [p, g.integers([from]), g.integers([to]), g.integers([4])], shape(last))
  const fromNew = g.node('Mul', [cut(0, 1, 1), values], own.shape)
  const fromOld = product(g, cut(1, 2 ** 31, 'S'), pastValues, own.shape)
  return g.node('Add', [fromOld, fromNew], own.shape)
}
