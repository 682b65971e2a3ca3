// The transformer as a part of graphs: reading-graphs.ts and decoding-graph.ts make whole ones of it.
// Tokens of all rows lie below each other, T = B * S; attention alone needs the rows apart.

import type { Device } from '../engine.ts'
import type { ModelConfig } from '../hf/config.ts'
import type { Lora } from '../hf/lora.ts'
import { isPacked, type PackedType, packInt8 } from '../hf/packed.ts'
import type { Parameter } from '../hf/parameters.ts'
import { Graph, type Value } from './graph.ts'
import { add } from './ops/add.ts'
import { type ByteRows, byteProduct, roundRows } from './ops/byte-product.ts'
import { linear } from './ops/linear.ts'
import { lowRank } from './ops/low-rank.ts'
import { relu } from './ops/relu.ts'
import { rmsNorm } from './ops/rms-norm.ts'
import { type RotaryTables, rotary } from './ops/rotary.ts'
import { swiglu } from './ops/swiglu.ts'

/** The weight that tokens are looked up in. */
export const embedding = 'model.embed_tokens.weight'

/** What every graph of one model is built from. */
export interface Blueprint {
  readonly config: ModelConfig
  readonly device: Device
  readonly table: readonly Parameter[] // every weight
  readonly learned: readonly Parameter[] // those of them that get a gradient
  readonly lora: Lora | null // where the learned ones are adapters
  readonly packed: PackedType | null // how frozen matrices are fed
}

/** Weights that are part of a graph; default none, all are fed. */
export interface LaidOut {
  readonly fixed?: ReadonlyMap<string, Float32Array> | undefined // weights to lay out once for products
  /** The values of a weight by its name: projections are products of 8 bits, laid out once. Default: of 32. */
  readonly rounded?: ((name: string) => Float32Array) | undefined
}

/** What a graph is for. */
interface Construction extends LaidOut {
  readonly learns?: boolean // a gradient will be asked for; default false
}

/**
 * A graph under construction. The weights are its inputs, so that a step of the optimizer needs no new graph, or, where they
 * are `fixed`, part of it.
 */
export class Transformer {
  readonly g: Graph
  readonly config: ModelConfig
  embedded: Value | null = null
  private readonly blueprint: Blueprint
  private readonly byName: Map<string, Value>
  private readonly rounded: Construction['rounded']
  private readonly roundedRows = new Map<string, ByteRows>() // by the name of what they are of
  private readonly scales = new Map<string, Value>() // of int8 matrices, by their name

  constructor(blueprint: Blueprint, { learns = false, fixed, rounded }: Construction = {}) {
    this.g = new Graph(blueprint.device, { learns })
    this.blueprint = blueprint
    this.config = blueprint.config
    this.rounded = rounded
    const weights = blueprint.table.map(parameter => {
      const { name, shape } = parameter
      if (rounded && this.isAdapter(parameter)) return this.g.fixed(name, shape, rounded(name))
      return fixed ? this.g.fixed(name, shape, fixed.get(name)!) : this.fed(parameter)
    })
    this.byName = new Map(weights.map(w => [w.name, w]))
  }

  /** What is narrow: the library has other ways for some numbers of rows of it, where it is fed. */
  private isAdapter(parameter: Parameter): boolean {
    const { lora, learned } = this.blueprint
    return lora !== null && learned.includes(parameter)
  }

  private fed(parameter: Parameter): Value {
    const { packed, config, learned } = this.blueprint
    const { name, shape } = parameter
    const whole = packed === null || learned.includes(parameter) || !isPacked(parameter, config)
    if (whole) return this.g.input(name, 'float32', shape)
    if (packed === 'bfloat16') return this.g.input(name, 'uint16', shape)
    this.scales.set(name, this.g.input(`${name}:scales`, 'float32', [shape[0]!]))
    return this.g.input(name, 'int8', shape)
  }

  weight(name: string): Value {
    const input = this.byName.get(name)!
    return input.type === 'float32' ? input : this.unpacked(input, this.scales.get(name))
  }

  /** Rows of a packed matrix as float32. */
  private unpacked(rows: Value, scales: Value | undefined): Value {
    return this.g.packed(rows, () => {
      if (scales === undefined) return fromBits(this.g, rows)
      const attributes = { axis: 0 }
      return this.g.node('DequantizeLinear', [rows, scales], rows.shape, { attributes })
    })
  }

  norm(x: Value, name: string): Value {
    return rmsNorm(this.g, x, this.weight(`${name}.weight`), this.config.rmsEps)
  }

  /**
   * The embeddings [T, D] of ids [T]. No gradient passes from them to the table: a token stands in many places, and whoever
   * feeds the ids adds the gradient of `embedded` to the table's, row by row.
   */
  embed(ids: Value): Value {
    const rowsOf = (table: Value): Value => {
      const shape = [ids.shape[0]!, ...table.shape.slice(1)]
      return {
        ...this.g.node('Gather', [table, ids], shape, { attributes: { axis: 0 } }),
        type: table.type,
      }
    }
    const rows = rowsOf(this.byName.get(embedding)!)
    const scales = this.scales.get(embedding)
    this.embedded = rows.type === 'float32' ? rows : this.unpacked(rows, scales && rowsOf(scales))
    return this.embedded
  }

  /**
   * x [T, in] through a projection [out, in], its bias and its adapter where the model has them, and a stream [T, out]
   * to add to.
   */
  linear(x: Value, name: string, stream?: Value): Value {
    const y = this.plain(x, name, stream)
    const [down, up] = ['A', 'B'].map(which => this.byName.get(`${name}.lora_${which}.weight`))
    if (down === undefined || up === undefined) return y
    const { alpha, rank } = this.blueprint.lora!
    return lowRank(this.g, y, x, { down, up, scale: alpha / rank })
  }

  private plain(x: Value, name: string, stream?: Value): Value {
    const bias = this.byName.get(`${name}.bias`)
    if (this.rounded !== undefined) {
      const y = this.inBytes(x, name, this.rounded)
      const biased = bias ? this.g.node('Add', [y, bias], y.shape) : y
      return stream ? add(this.g, stream, biased) : biased
    }
    const weight = this.weight(`${name}.weight`)
    if (bias === undefined) return linear(this.g, x, weight, stream)
    const y = linear(this.g, x, weight, bias)
    return stream === undefined ? y : add(this.g, stream, y)
  }

  /** x through a matrix, both in bytes; x is rounded once for all that read it. */
  private inBytes(x: Value, name: string, valuesOf: (name: string) => Float32Array): Value {
    const rows = this.roundedRows.get(x.name) ?? roundRows(this.g, x)
    this.roundedRows.set(x.name, rows)
    const weight = `${name}.weight`
    const [out, size] = this.byName.get(weight)!.shape as [number, number]
    const { data, scales } = packInt8(valuesOf(weight), out)
    return byteProduct(this.g, rows, {
      bytes: this.g.fixedBytes(`${weight}:bytes`, [size, out], turned(data, out)),
      steps: this.g.fixed(`${weight}:steps`, [out], scales),
    })
  }

  /** Queries, keys and values of tokens x [T, D]: [T, heads * size] and twice [T, kvHeads * size]. */
  project(x: Value, layer: string): [Value, Value, Value] {
    const part = (name: string): Value => this.linear(x, `${layer}.self_attn.${name}_proj`)
    return [part('q'), part('k'), part('v')]
  }

  /** Queries or keys [B, heads, S, size] of a layer, normalised over each head and turned, where the model does so. */
  place(x: Value, layer: number, which: 'q' | 'k', tables: RotaryTables): Value {
    const { qkNorm, unplacedLayers } = this.config
    const y = qkNorm ? this.norm(x, `model.layers.${layer}.self_attn.${which}_norm`) : x
    return unplacedLayers.includes(layer) ? y : rotary(this.g, y, tables)
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

/** A matrix [rows, size] as [size, rows]. */
function turned(values: Int8Array, rows: number): Int8Array {
  const size = values.length / rows
  const out = new Int8Array(values.length)
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < size; i++) out[i * rows + row] = values[row * size + i]!
  return out
}

/** Bits of bfloat16 as float32. */
function fromBits(g: Graph, bits: Value): Value {
  const halves = g.node('BitCast', [bits], bits.shape, { attributes: { to: 16 } })
  return g.node('Cast', [halves], bits.shape, { attributes: { to: 1 } })
}
