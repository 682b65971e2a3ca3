// Keys and values of the tokens that each row has seen. The slot of a token is its position, so rows of different length
// need no padding between them.

import type { ModelConfig } from '../hf/config.ts'
import type { Feeds } from './session.ts'
import { masked } from './tables.ts'

const block = 32 // slots added at a time, so that few masked slots are multiplied

/** One row's keys [kvHeads, P, size] and values of a read prompt, a layer each, inside larger arrays. */
export interface PromptCache {
  readonly keys: readonly Float32Array[] // a layer: [rows, kvHeads, length, size]
  readonly values: readonly Float32Array[]
  readonly row: number
  readonly length: number // of the rectangle
  readonly tokens: number // of this prompt
}

/** Bytes of the keys and values of `rows` rows of `tokens` tokens, in whole blocks. */
export function cacheBytes(config: ModelConfig, rows: number, tokens: number): number {
  const { layers, kvHeads, headDim } = config
  return 2 * 4 * layers * kvHeads * headDim * rows * Math.ceil(tokens / block) * block
}

export class Cache {
  readonly rows: number
  readonly slots: number
  /** What the decoding graph is fed of the cache. */
  readonly feeds: Feeds
  private readonly config: ModelConfig
  private readonly keys: Float32Array[] // a layer: [rows, kvHeads, slots, size]
  private readonly values: Float32Array[] // likewise
  private readonly mask: Float32Array // [rows, slots]

  /** Room for `rows` rows of at least `tokens` tokens. */
  constructor(config: ModelConfig, rows: number, tokens: number) {
    const { layers, kvHeads, headDim } = config
    this.config = config
    this.rows = rows
    this.slots = Math.ceil(tokens / block) * block
    const shape = [rows, kvHeads, this.slots, headDim]
    const size = rows * kvHeads * this.slots * headDim
    this.keys = Array.from({ length: layers }, () => new Float32Array(size))
    this.values = Array.from({ length: layers }, () => new Float32Array(size))
    this.mask = new Float32Array(rows * this.slots).fill(masked)
    const named = this.keys.flatMap((keys, l) => [
      [`k${l}`, { data: keys, shape }] as const,
      [`v${l}`, { data: this.values[l]!, shape }] as const,
    ])
    const mask = { data: this.mask, shape: [rows, 1, 1, this.slots] }
    this.feeds = { mask, ...Object.fromEntries(named) }
  }

  /** Fills one row with a prompt's keys and values; what it held before is forgotten. */
  start(row: number, prompt: PromptCache): void {
    const from = { row: prompt.row, slots: prompt.length }
    for (let layer = 0; layer < this.config.layers; layer++) {
      this.copy(prompt.keys[layer]!, from, this.keys[layer]!, row, prompt.tokens)
      this.copy(prompt.values[layer]!, from, this.values[layer]!, row, prompt.tokens)
    }
    const first = row * this.slots
    this.mask.fill(masked, first, first + this.slots).fill(0, first, first + prompt.tokens)
  }

  /** Adds each row's newest keys and values (a layer: [rows, kvHeads, 1, size]) at its position. */
  append(results: Readonly<Record<string, Float32Array>>, positions: readonly number[]): void {
    for (let layer = 0; layer < this.config.layers; layer++) {
      this.insert(results[`k${layer}:new`]!, this.keys[layer]!, positions)
      this.insert(results[`v${layer}:new`]!, this.values[layer]!, positions)
    }
    for (let row = 0; row < this.rows; row++) this.mask[row * this.slots + positions[row]!] = 0
  }

  /** A cache of the chosen rows with room for at least `tokens` tokens each; -1 is a row that has seen nothing. */
  take(rows: readonly number[], tokens: number): Cache {
    const next = new Cache(this.config, rows.length, tokens)
    const kept = Math.min(this.slots, next.slots)
    rows.forEach((row, to) => {
      if (row < 0) return
      const from = { row, slots: this.slots }
      const start = row * this.slots
      next.mask.set(this.mask.subarray(start, start + kept), to * next.slots)
      this.keys.forEach((keys, layer) => {
        next.copy(keys, from, next.keys[layer]!, to, kept)
        next.copy(this.values[layer]!, from, next.values[layer]!, to, kept)
      })
    })
    return next
  }

  /** Copies the first `tokens` slots of a row of [rows, kvHeads, slots, size] to a row of this cache. */
  private copy(
    source: Float32Array,
    from: { readonly row: number; readonly slots: number },
    target: Float32Array,
    row: number,
    tokens: number,
  ): void {
    const { kvHeads, headDim } = this.config
    for (let h = 0; h < kvHeads; h++) {
      const start = (from.row * kvHeads + h) * from.slots * headDim
      const part = source.subarray(start, start + tokens * headDim)
      target.set(part, (row * kvHeads + h) * this.slots * headDim)
    }
  }

  private insert(source: Float32Array, target: Float32Array, positions: readonly number[]): void {
    const { kvHeads, headDim } = this.config
    let from = 0
    for (let row = 0; row < this.rows; row++) {
      for (let h = 0; h < kvHeads; h++) {
        let to = ((row * kvHeads + h) * this.slots + positions[row]!) * headDim
        for (let d = 0; d < headDim; d++) target[to++] = source[from++]!
      }
    }
  }
}
