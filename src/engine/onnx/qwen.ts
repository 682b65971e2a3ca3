// The Qwen2 transformer as graphs: one that reads, one that learns, and two that sample (a prompt, then token by token).
// Tokens of all rows lie below each other, T = B * S; attention alone needs the rows apart.

import type { ModelConfig } from '../hf/config.ts'
import type { Parameter } from '../hf/parameters.ts'
import { Graph, type Shape, type Value } from './graph.ts'
import { addMask } from './ops/add-mask.ts'
import { batchedMatmul } from './ops/batched-matmul.ts'
import { gatherRows } from './ops/gather-rows.ts'
import { mergeHeads, regroup, splitHeads } from './ops/heads.ts'
import { linear } from './ops/linear.ts'
import { rmsNorm } from './ops/rms-norm.ts'
import { type RotaryTables, rotary } from './ops/rotary.ts'
import { softmax } from './ops/softmax.ts'
import { swiglu } from './ops/swiglu.ts'
import { tokenLogprobs } from './ops/token-logprobs.ts'

/** A graph under construction, with the model's weights as its inputs. */
export class Qwen {
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
    return rmsNorm(this.g, x, this.weight(name), this.config.rmsEps)
  }

  embed(ids: Value): Value {
    return gatherRows(this.g, this.weight('model.embed_tokens.weight'), ids)
  }

  /** Queries, keys and values of tokens x [T, D]: [T, heads * size] and twice [T, kvHeads * size]. */
  project(x: Value, layer: string): [Value, Value, Value] {
    const part = (name: string): Value => {
      const projection = `${layer}.self_attn.${name}_proj`
      return linear(
        this.g,
        x,
        this.weight(`${projection}.weight`),
        this.weight(`${projection}.bias`),
      )
    }
    return [part('q'), part('k'), part('v')]
  }

  /** The rest of a layer after attention: output projection, then the gated feed-forward block. */
  finish(x: Value, attended: Value, layer: string): Value {
    const { g } = this
    const weight = (name: string): Value => this.weight(`${layer}.${name}_proj.weight`)
    const mixed = linear(g, attended, weight('self_attn.o'), x)
    const h = this.norm(mixed, `${layer}.post_attention_layernorm.weight`)
    const gated = swiglu(g, linear(g, h, weight('mlp.gate')), linear(g, h, weight('mlp.up')))
    return linear(g, gated, weight('mlp.down'), mixed)
  }

  /** Logits of normalised hidden states [N, D]: over the vocabulary, or over the classes of the head. */
  logits(hidden: Value): Value {
    if (this.config.head === 'token-classification') {
      return linear(this.g, hidden, this.weight('score.weight'), this.weight('score.bias'))
    }
    const name = this.config.tied ? 'model.embed_tokens.weight' : 'lm_head.weight'
    return linear(this.g, hidden, this.weight(name))
  }
}

/** Whole sequences, right-padded: hidden states [T, D] after the last norm, and each layer's rotated keys and values. */
function readSequences(q: Qwen): { hidden: Value; cache: [Value, Value][] } {
  const { g, config } = q
  const { heads, kvHeads, headDim } = config
  const layout = g.input('layout', 'int64', [4])
  const tables = rotaryInputs(q, [1])
  const queryRows = heads === kvHeads ? 'S' : `${heads / kvHeads}S`
  const mask = g.input('mask', 'float32', [queryRows, 'S'])
  const cache: [Value, Value][] = []
  let x = q.embed(g.input('ids', 'int64', ['T']))
  for (let l = 0; l < config.layers; l++) {
    const layer = `model.layers.${l}`
    const parts = q.project(q.norm(x, `${layer}.input_layernorm.weight`), layer)
    const [Q, K, V] = parts.map((part, i) =>
      splitHeads(g, part, layout, i === 0 ? heads : kvHeads, headDim),
    ) as [Value, Value, Value]
    const keys = rotary(g, K, tables)
    const queries = regroup(g, rotary(g, Q, tables), kvHeads, queryRows)
    const scores = batchedMatmul(g, queries, keys, { transB: true, scale: headDim ** -0.5 })
    const mixed = batchedMatmul(g, softmax(g, addMask(g, scores, mask)), V)
    const attended = mergeHeads(g, regroup(g, mixed, heads, 'S'), layout)
    x = q.finish(x, attended, layer)
    cache.push([keys, V])
  }
  return { hidden: q.norm(x, 'model.norm.weight'), cache }
}

/** Reads chosen rows of whole sequences: log-probabilities and entropies of targets, or the logits of a class head. */
export function scoreGraph(config: ModelConfig, table: readonly Parameter[]): Uint8Array {
  const q = new Qwen(config, table)
  const { hidden } = readSequences(q)
  const logits = q.logits(gatherRows(q.g, hidden, q.g.input('rows', 'int64', ['N'])))
  if (config.head === 'token-classification') return q.g.build({ logits })
  const { logprobs, entropies } = tokenLogprobs(
    q.g,
    logits,
    q.g.input('targets', 'int64', ['N', 1]),
  )
  return q.g.build({ logprobs, entropies })
}

/**
 * Reads chosen rows and differentiates: the gradient of sum over rows of slope * log-probability for every weight,
 * under the name `d:<weight>`.
 */
export function learnGraph(config: ModelConfig, table: readonly Parameter[]): Uint8Array {
  const q = new Qwen(config, table)
  const { hidden } = readSequences(q)
  const logits = q.logits(gatherRows(q.g, hidden, q.g.input('rows', 'int64', ['N'])))
  const { logprobs, entropies } = tokenLogprobs(
    q.g,
    logits,
    q.g.input('targets', 'int64', ['N', 1]),
  )
  const slopes = q.g.input('slopes', 'float32', ['N', 1])
  const gradients = q.g.gradients([{ of: logprobs, gradient: slopes }], q.weights)
  const named = gradients.map((gradient, i) => [`d:${q.weights[i]!.name}`, gradient] as const)
  return q.g.build({ logprobs, entropies, ...Object.fromEntries(named) })
}

/** Reads prompts once: logits of chosen rows, and every layer's keys and values to start a cache. */
export function promptGraph(config: ModelConfig, table: readonly Parameter[]): Uint8Array {
  const q = new Qwen(config, table)
  const { hidden, cache } = readSequences(q)
  const logits = q.logits(gatherRows(q.g, hidden, q.g.input('rows', 'int64', ['N'])))
  const named = cache.flatMap(([k, v], l) => [[`k${l}`, k] as const, [`v${l}`, v] as const])
  return q.g.build({ logits, ...Object.fromEntries(named) })
}

/**
 * One token per row: reads the cache (keys and values [B, kvHeads, S, size]) and returns logits [B, V] with the new keys
 * and values alone, since large outputs are copied and large inputs are not.
 */
export function decodeGraph(config: ModelConfig, table: readonly Parameter[]): Uint8Array {
  const q = new Qwen(config, table)
  const { g } = q
  const { heads, kvHeads, headDim } = config
  const tables = rotaryInputs(q, ['B', 1])
  const mask = g.input('mask', 'float32', ['B', 1, 1, 'S'])
  const toHeads = (v: Value, n: number): Value =>
    g.node('Reshape', [v, g.integers([0, n, 1, headDim])], ['B', n, 1, headDim])
  const outputs: Record<string, Value> = {}
  let x = q.embed(g.input('ids', 'int64', ['B']))
  for (let l = 0; l < config.layers; l++) {
    const layer = `model.layers.${l}`
    const [Q, K, V] = q.project(q.norm(x, `${layer}.input_layernorm.weight`), layer)
    const keys = rotary(g, toHeads(K!, kvHeads), tables)
    const values = toHeads(V!, kvHeads)
    const grouped = [0, kvHeads, heads / kvHeads, headDim]
    const rotated = rotary(g, toHeads(Q!, heads), tables)
    const groupShape: Shape = ['B', kvHeads, heads / kvHeads, headDim]
    const queries = g.node('Reshape', [rotated, g.integers(grouped)], groupShape)
    const pastShape: Shape = ['B', kvHeads, 'S', headDim]
    const past: [Value, Value] = [
      g.input(`k${l}`, 'float32', pastShape),
      g.input(`v${l}`, 'float32', pastShape),
    ]
    const mixed = attendCache(q, queries, [keys, values], past, mask)
    const flat = g.node(
      'Reshape',
      [mixed, g.integers([0, heads * headDim])],
      ['B', heads * headDim],
    )
    x = q.finish(x, flat, layer)
    outputs[`k${l}:new`] = keys
    outputs[`v${l}:new`] = values
  }
  return g.build({ logits: q.logits(q.norm(x, 'model.norm.weight')), ...outputs })
}

/** Attention of one new token a row over itself and the cached ones: softmax([q k_new, q K_past + mask]) [v_new, V_past]. */
function attendCache(
  { g, config }: Qwen,
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

function rotaryInputs({ g, config }: Qwen, positions: Shape): RotaryTables {
  const table: Shape = ['P', config.headDim / 2]
  return {
    cos: g.input('cos', 'float32', table),
    sin: g.input('sin', 'float32', table),
    positions: g.input('positions', 'int64', positions),
  }
}
