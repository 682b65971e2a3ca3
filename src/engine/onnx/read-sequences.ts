// The transformer over whole sequences, as a part of graphs.

import { prefixAttention, rectangleAttention } from './attention.ts'
import type { Value } from './graph.ts'
import { gatherRows } from './ops/gather-rows.ts'
import type { Transformer } from './transformer.ts'

/** How a graph reads whole sequences. */
export interface Reading {
  readonly recompute?: boolean // the inner values of a layer are computed again for the gradient, not kept; default false
  readonly prefixes?: boolean // beginnings that several sequences share are read once; default false
}

/**
 * Whole sequences: hidden states after the last norm and behind each layer, [T, D], or [N, D] of the chosen `rows` behind the
 * last one, and each layer's keys and values, turned, where every sequence is read by itself.
 */
export function readSequences(
  t: Transformer,
  { recompute = false, prefixes = false, rows }: Reading & { readonly rows?: Value } = {},
): { hidden: Value; layers: readonly Value[]; cache: [Value, Value][] } {
  const { g, config } = t
  const attention = prefixes ? prefixAttention(t) : rectangleAttention(t)
  const cache: [Value, Value][] = []
  const block = (x: Value, l: number): Value => {
    const layer = `model.layers.${l}`
    const parts = t.project(t.norm(x, `${layer}.input_layernorm`), layer)
    const { attended, keys, values } = attention(l, parts)
    cache[l] = [keys, values]
    // Nobody sees the other tokens of the last layer.
    const chosen = (all: Value): Value =>
      rows === undefined || l < config.layers - 1 ? all : gatherRows(g, all, rows)
    return t.finish(chosen(x), chosen(attended), layer)
  }
  const layers: Value[] = []
  let x = t.embed(g.input('ids', 'int64', ['T']))
  for (let l = 0; l < config.layers; l++) {
    x = recompute ? g.recomputed(x, h => block(h, l)) : block(x, l)
    layers.push(x)
  }
  return { hidden: t.norm(x, 'model.norm'), layers, cache }
}
