// Keys and values of the tokens that each row has seen. The slot of a token is its position, so rows of different length
// need no padding between them; keys are stored transposed, as the decoding graph multiplies them.

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

export class Cache {
  readonly rows: number
  readonly slots: number
  private readonly config: ModelConfig
  private readonly keys: Float32Array[] // a layer: [rows, kvHeads, size, slots]
  private readonly values: Float32Array[] // a layer: [rows, kvHeads, slots, size]
  private readonly mask: Float32Array // [rows, slots]

  /** Room for `rows` rows of at least `tokens` tokens. */
  constructor(config: ModelConfig, rows: number, tokens: number) {
    this.config = config
    this.rows = rows
    this.slots = Math.ceil(tokens / block) * block
    const size = rows * config.kvHeads * config.headDim * this.slots
    const layers = Array.from({ length: config.layers })
    this.keys = layers.map(() => new Float32Array(size))
    this.values = layers.map(() => new Float32Array(size))
    this.mask = new Float32Array(rows * this.slots).fill(masked)
  }

  /** Fills one row with a prompt's keys and values. */
  start(row: number, prompt: PromptCache): void {
    const { kvHeads, headDim } = this.config
    this.keys.forEach((_, layer) => {
      for (let h = 0; h < kvHeads; h++) {
        const from = (prompt.row * kvHeads + h) * prompt.length * headDim
        const part = [from, from + prompt.tokens * headDim] as const
        const to = (row * kvHeads + h) * this.slots
        this.values[layer]!.set(prompt.values[layer]!.subarray(...part), to * headDim)
        const keys = prompt.keys[layer]!
        for (let t = 0; t < prompt.tokens; t++) {
          for (let d = 0; d < headDim; d++) {
            this.keys[layer]![to * headDim + d * this.slots + t] = keys[from + t * headDim + d]!
          }
        }
      }
    })
    this.mask.fill(0, row * this.slots, row * this.slots + prompt.tokens)
  }

  /** Adds each row's newest keys and values (a layer: [rows, kvHeads, 1, size]) at its position. */
  append(results: Readonly<Record<string, Float32Array>>, positions: readonly number[]): void {
    const { kvHeads, headDim, layers } = this.config
    const { slots } = this
    for (let layer = 0; layer < layers; layer++) {
      const newKeys = results[`k${layer}:new`]!
      const newValues = results[`v${layer}:new`]!
      const keys = this.keys[layer]!
      const values = this.values[layer]!
      for (let n = 0; n < this.rows * kvHeads; n++) {
        const position = positions[(n / kvHeads) | 0]!
        const from = n * headDim
        let to = from * slots + position
        for (let d = 0; d < headDim; d++, to += slots) keys[to] = newKeys[from + d]!
        const at = (n * slots + position) * headDim
        for (let d = 0; d < headDim; d++) values[at + d] = newValues[from + d]!
      }
    }
    for (let row = 0; row < this.rows; row++) this.mask[row * slots + positions[row]!] = 0
  }

  /** A cache of the chosen rows with room for at least `tokens` tokens each. */
  take(rows: readonly number[], tokens: number): Cache {
    const { kvHeads, headDim } = this.config
    const next = new Cache(this.config, rows.length, tokens)
    const kept = Math.min(this.slots, next.slots)
    rows.forEach((row, to) => {
      next.mask.set(this.mask.subarray(row * this.slots, row * this.slots + kept), to * next.slots)
      this.keys.forEach((keys, layer) => {
        for (let h = 0; h < kvHeads * headDim; h++) {
          const from = (row * kvHeads * headDim + h) * this.slots
          const at = (to * kvHeads * headDim + h) * next.slots
          next.keys[layer]!.set(keys.subarray(from, from + kept), at)
        }
        for (let h = 0; h < kvHeads; h++) {
          const from = (row * kvHeads + h) * this.slots * headDim
          const at = (to * kvHeads + h) * next.slots * headDim
          next.values[layer]!.set(this.values[layer]!.subarray(from, from + kept * headDim), at)
        }
      })
    })
    return next
  }

  /** What the decoding graph is fed of the cache. */
  feeds(): Feeds {
    const { kvHeads, headDim } = this.config
    const { rows, slots } = this
    const feeds: Record<string, Feeds[string]> = {
      mask: { data: this.mask, shape: [rows, 1, 1, slots] },
    }
    this.keys.forEach((data, layer) => {
      feeds[`k${layer}`] = { data, shape: [rows, kvHeads, headDim, slots] }
      feeds[`v${layer}`] = { data: this.values[layer]!, shape: [rows, kvHeads, slots, headDim] }
    })
    return feeds
  }
}
