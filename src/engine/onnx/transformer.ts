// The transformer as graphs: one that reads, one that learns, and two that sample (a prompt, then token by token).
// Tokens of all rows lie below each other, T = B * S; attention alone needs the rows apart.

import type { ModelConfig } from '../hf/config.ts'
import type { Parameter } from '../hf/parameters.ts'
import { Graph, type Shape, type Value } from './graph.ts'
import { add } from './ops/add.ts'
import { addMask } from './ops/add-mask.ts'
import { batchedMatmul } from './ops/batched-matmul.ts'
import { gatherRows } from './ops/gather-rows.ts'
import { mergeHeads, regroup, splitHeads } from './ops/heads.ts'
import { linear } from './ops/linear.ts'
import { relu } from './ops/relu.ts'
import { rmsNorm } from './ops/rms-norm.ts'
import { type RotaryTables, rotary } from './ops/rotary.ts'
import { softmax } from './ops/softmax.ts'
import { swiglu } from './ops/swiglu.ts'
import { tokenLogprobs } from './ops/token-logprobs.ts'

/** A graph under construction, with the model's weights as its inputs. */
export class Transformer {
  readonly g = new Graph()
  readonly config: ModelConfig
  readonly weights: Value[]
  private readonly byName: Map<string, Value>

  constructor(config: ModelConfig, table: readonly Parameter[]) {
    this.config = config
    this.weights = table.map(({ name, shape }) => this.g.input(name, 'float32', shape))
    this.byName = new Map(this.weights.map(w => [w.name, w]))
  }

  weight(name: string): Value {
    return this.byName.get(name)!
  }

  norm(x: Value, name: string): Value {
    return rmsNorm(this.g, x, this.weight(`${name}.weight`), this.config.rmsEps)
  }

  embed(ids: Value): Value {
    return gatherRows(this.g, this.weight('model.embed_tokens.weight'), ids)
  }

  /** x [T, in] through a projection [out, in], its bias where the model has one, and a stream [T, out] to add to. */
  linear(x: Value, name: string, stream?: Value): Value {
    const weight = this.weight(`${name}.weight`)
    const bias = this.byName.get(`${name}.bias`)
    if (bias === undefined) return linear(this.g, x, weight, stream)
    const y = linear(this.g, x, weight, bias)
    return stream === undefined ? y : add(this.g, stream, y)
  }

  /** Queries, keys and values of tokens x [T, D]: [T, heads * size] and twice [T, kvHeads * size]. */
  project(x: Value, layer: string): [Value, Value, Value] {
    const part = (name: string): Value => this.linear(x, `${layer}.self_attn.${name}_proj`)
    return [part('q'), part('k'), part('v')]
  }

  /** Queries or keys [B, heads, S, size], normalised over each head where the model does so, and turned. */
  place(x: Value, layer: string, which: 'q' | 'k', tables: RotaryTables): Value {
    const name = `${layer}.self_attn.${which}_norm`
    return rotary(this.g, this.config.qkNorm ? this.norm(x, name) : x, tables)
  }

  /** The rest of a layer after attention: output projection, then the gated feed-forward block. */
  finish(x: Value, attended: Value, layer: string): Value {
    const mixed = this.linear(attended, `${layer}.self_attn.o_proj`, x)
    const h = this.norm(mixed, `${layer}.post_attention_layernorm`)
    const [gate, up] = ['gate', 'up'].map(name => this.linear(h, `${layer}.mlp.${name}_proj`))
    return this.linear(swiglu(this.g, gate!, up!), `${layer}.mlp.down_proj`, mixed)
  }

  /** Logits of normalised hidden states [N, D]: over the vocabulary, or over the classes of the head. */
  logits(hidden: Value): Value {
    const { head, headHidden, tied } = this.config
    if (head === 'language-model')
      return this.linear(hidden, tied ? 'model.embed_tokens' : 'lm_head')
    if (!headHidden) return this.linear(hidden, 'score')
    return this.linear(relu(this.g, this.linear(hidden, 'score.0')), 'score.2')
  }
}

/** Whole sequences, right-padded: hidden states [T, D] after the last norm, and each layer's rotated keys and values. */
function readSequences(t: Transformer): { hidden: Value; cache: [Value, Value][] } {
  const { g, config } = t
  const { heads, kvHeads, headDim } = config
  const layout = g.input('layout', 'int64', [4])
  const tables = rotaryInputs(t, [1])
  const queryRows = heads === kvHeads ? 'S' : `${heads / kvHeads}S`
  const mask = g.input('mask', 'float32', [queryRows, 'S'])
  const cache: [Value, Value][] = []
  let x = t.embed(g.input('ids', 'int64', ['T']))
  for (let l = 0; l < config.layers; l++) {
    const layer = `model.layers.${l}`
    const parts = t.project(t.norm(x, `${layer}.input_layernorm`), layer)
    const [Q, K, V] = parts.map((part, i) =>
      splitHeads(g, part, layout, i === 0 ? heads : kvHeads, headDim),
    ) as [Value, Value, Value]
    const keys = t.place(K, layer, 'k', tables)
    const queries = regroup(g, t.place(Q, layer, 'q', tables), kvHeads, queryRows)
    const scores = batchedMatmul(g, queries, keys, { transB: true, scale: headDim ** -0.5 })
    const mixed = batchedMatmul(g, softmax(g, addMask(g, scores, mask)), V)
    const attended = mergeHeads(g, regroup(g, mixed, heads, 'S'), layout)
    x = t.finish(x, attended, layer)
    cache.push([keys, V])
  }
  return { hidden: t.norm(x, 'model.norm'), cache }
}

/** Reads chosen rows of whole sequences: log-probabilities and entropies of targets, or the logits of a class head. */
export function scoreGraph(config: ModelConfig, table: readonly Parameter[]): Uint8Array {
  const t = new Transformer(config, table)
  const { hidden } = readSequences(t)
  const logits = t.logits(gatherRows(t.g, hidden, t.g.input('rows', 'int64', ['N'])))
  if (config.head === 'token-classification') return t.g.build({ logits })
  const { logprobs, entropies } = tokenLogprobs(
    t.g,
    logits,
    t.g.input('targets', 'int64', ['N', 1]),
  )
  return t.g.build({ logprobs, entropies })
}

/**
 * Reads chosen rows and differentiates: the gradient of sum over rows of slope * log-probability for every weight,
 * under the name `d:<weight>`.
 */
export function learnGraph(config: ModelConfig, table: readonly Parameter[]): Uint8Array {
  const t = new Transformer(config, table)
  const { hidden } = readSequences(t)
  const logits = t.logits(gatherRows(t.g, hidden, t.g.input('rows', 'int64', ['N'])))
  const { logprobs, entropies } = tokenLogprobs(
    t.g,
    logits,
    t.g.input('targets', 'int64', ['N', 1]),
  )
  const slopes = t.g.input('slopes', 'float32', ['N', 1])
  const gradients = t.g.gradients([{ of: logprobs, gradient: slopes }], t.weights)
  const named = gradients.map((gradient, i) => [`d:${t.weights[i]!.name}`, gradient] as const)
  return t.g.build({ logprobs, entropies, ...Object.fromEntries(named) })
}

/** Reads prompts once: logits of chosen rows, and every layer's keys and values to start a cache. */
export function promptGraph(config: ModelConfig, table: readonly Parameter[]): Uint8Array {
  const t = new Transformer(config, table)
  const { hidden, cache } = readSequences(t)
  const logits = t.logits(gatherRows(t.g, hidden, t.g.input('rows', 'int64', ['N'])))
  const named = cache.flatMap(([k, v], l) => [[`k${l}`, k] as const, [`v${l}`, v] as const])
  return t.g.build({ logits, ...Object.fromEntries(named) })
}

/**
 * One token per row: reads the cache (keys and values [B, kvHeads, S, size]) and returns logits [B, V] with the new keys
 * and values alone, since large outputs are copied and large inputs are not.
 */
export function decodeGraph(config: ModelConfig, table: readonly Parameter[]): Uint8Array {
  const t = new Transformer(config, table)
  const { g } = t
  const { heads, kvHeads, headDim } = config
  const tables = rotaryInputs(t, ['B', 1])
  const mask = g.input('mask', 'float32', ['B', 1, 1, 'S'])
  const toHeads = (v: Value, n: number): Value =>
    g.node('Reshape', [v, g.integers([0, n, 1, headDim])], ['B', n, 1, headDim])
  const outputs: Record<string, Value> = {}
  let x = t.embed(g.input('ids', 'int64', ['B']))
  for (let l = 0; l < config.layers; l++) {
    const layer = `model.layers.${l}`
    const [Q, K, V] = t.project(t.norm(x, `${layer}.input_layernorm`), layer)
    const keys = t.place(toHeads(K, kvHeads), layer, 'k', tables)
    const values = toHeads(V, kvHeads)
    const grouped = [0, kvHeads, heads / kvHeads, headDim]
    const rotated = t.place(toHeads(Q, heads), layer, 'q', tables)
    const groupShape: Shape = ['B', kvHeads, heads / kvHeads, headDim]
    const queries = g.node('Reshape', [rotated, g.integers(grouped)], groupShape)
    const pastShape: Shape = ['B', kvHeads, 'S', headDim]
    const past: [Value, Value] = [
      g.input(`k${l}`, 'float32', pastShape),
      g.input(`v${l}`, 'float32', pastShape),
    ]
    const mixed = attendCache(t, queries, [keys, values], past, mask)
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
  const own = batchedMatmul(g, scaled, keys, { transB: true })
  const all = g.node('Concat', [own, masked], shape('S+1'), { attributes: { axis: 3 } })
  const p = softmax(g, all)
  const cut = (from: number, to: number, last: number | string): Value =>
    g.node('Slice', [p, g.integers([from]), g.integers([to]), g.integers([3])], shape(last))
  const fromNew = g.node('Mul', [cut(0, 1, 1), values], shape(size!))
  const fromOld = batchedMatmul(g, cut(1, 2 ** 31, 'S'), pastValues)
  return g.node('Add', [fromOld, fromNew], shape(size!))
}

function rotaryInputs({ g, config }: Transformer, positions: Shape): RotaryTables {
  const table: Shape = ['P', config.headDim / 2]
  return {
    cos: g.input('cos', 'float32', table),
    sin: g.input('sin', 'float32', table),
    positions: g.input('positions', 'int64', positions),
  }
}
