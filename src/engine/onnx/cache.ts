// Keys and values of the tokens that each row has seen. The slot of a token is its position, so rows of different length
// need no padding between them.

import type { ModelConfig } from '../hf/config.ts'
import type { Feeds } from './session.ts'
import { masked } from './tables.ts'

const block = 32 // slots added at a time, so that few masked slots are multiplied

/** One row's keys [kvHeads, P, size] and values of tokens that were read, a layer each, inside larger arrays. */
export interface PromptCache {
  readonly keys: readonly Float32Array[] // a layer: [rows, kvHeads, length, size]
  readonly values: readonly Float32Array[]
  readonly row: number
  readonly length: number // of the rectangle
  readonly tokens: number // of this row
}

/** Which rows a cache keeps, and how many tokens each of them may see. */
export interface Room {
  readonly kept: readonly number[] // ascending; they become the first rows
  readonly rows: number // with empty ones after those
  readonly tokens: number // at least, for now
  readonly most: number // that they can come to: memory is asked for by halves of it
}

/** The most bytes of a cache where nothing is said, the one that it grows from beside it: 64 rows of 256 tokens at 135 M. */
export const usualCacheBytes = 2 ** 31

/** Bytes of the keys and values of `rows` rows of `tokens` tokens, in whole blocks. */
export function cacheBytes(config: ModelConfig, rows: number, tokens: number): number {
  const { layers, kvHeads, headDim } = config
  return 2 * 4 * layers * kvHeads * headDim * rows * inBlocks(tokens)
}

export class Cache {
  rows = 0
  slots = 0
  /** What the decoding graph is fed of the cache: a layer's keys and values are [rows, kvHeads, slots, size]. */
  feeds: Feeds = {}
  private readonly config: ModelConfig
  private keys: Float32Array[] // a layer, with room for more
  private values: Float32Array[] // likewise
  private mask = new Float32Array(0) // [rows, slots]
  private windowMask: Float32Array | null // likewise, of sliding layers

  constructor(config: ModelConfig) {
    this.config = config
    this.windowMask = config.window === null ? null : new Float32Array(0)
    this.keys = Array.from({ length: config.layers }, () => new Float32Array(0))
    this.values = Array.from({ length: config.layers }, () => new Float32Array(0))
  }

  /** Bytes of memory, whether there are rows in it or not. */
  get bytes(): number {
    return 2 * this.config.layers * this.keys[0]!.byteLength
  }

  /** Forgets all rows, and keeps their memory. */
  clear(): void {
    this.rows = 0
    this.slots = 0
    this.feeds = {}
  }

  /** Keeps some rows, and makes room for so many tokens of each row; in place where the memory is enough. */
  resize({ kept, rows, tokens, most }: Room): void {
    const { kvHeads, headDim } = this.config
    const slots = inBlocks(tokens)
    const same = Math.min(this.slots, slots)
    const keptMask = (from: Float32Array) => {
      const mask = new Float32Array(rows * slots).fill(masked)
      kept.forEach((row, to) => {
        const start = row * this.slots
        mask.set(from.subarray(start, start + same), to * slots)
      })
      return mask
    }
    const vectors = kvHeads * headDim
    const fits = rows * vectors * slots <= this.keys[0]!.length
    const moved = (from: Float32Array): Float32Array => {
      moveRows(from, kept, vectors * this.slots)
      // twice what is needed now: most rows may end long before they come to the most that they can
      const room = Math.max(tokens, Math.min(most, 2 * tokens))
      const to = fits ? from : new Float32Array(rows * vectors * inBlocks(room))
      const sizes = [this.slots * headDim, slots * headDim, same * headDim] as const
      moveHeads(from, to, kept.length * kvHeads, ...sizes)
      return to
    }
    this.keys = this.keys.map(moved)
    this.values = this.values.map(moved)
    this.mask = keptMask(this.mask)
    if (this.windowMask !== null) this.windowMask = keptMask(this.windowMask)
    this.rows = rows
    this.slots = slots
    this.feeds = this.fed()
  }

  /** Fills one row with the keys and values of a prompt, part by part; what it held before is forgotten. */
  start(row: number, prompt: readonly PromptCache[]): void {
    let tokens = 0
    for (const part of prompt) {
      copyTokens(this.config, part, 0, this.view(row, 0), tokens)
      tokens += part.tokens
    }
    this.show(row, tokens)
  }

  /** Fills a row with the first tokens of another one. */
  repeat(row: number, from: number, tokens: number): void {
    const { kvHeads, headDim } = this.config
    const size = this.slots * headDim
    for (const all of [...this.keys, ...this.values]) {
      for (let h = 0; h < kvHeads; h++) {
        const start = (from * kvHeads + h) * size
        all.copyWithin((row * kvHeads + h) * size, start, start + tokens * headDim)
      }
    }
    this.show(row, tokens)
  }

  /** Lets a row see its first tokens alone. */
  private show(row: number, tokens: number): void {
    const first = row * this.slots
    this.mask.fill(masked, first, first + this.slots).fill(0, first, first + tokens)
    const seen = Math.max(0, tokens + 1 - (this.config.window ?? 0)) // by the next token
    this.windowMask?.fill(masked, first, first + this.slots).fill(0, first + seen, first + tokens)
  }

  /** The first tokens of a row, where they are. */
  view(row: number, tokens: number): PromptCache {
    const { keys, values, slots } = this
    return { keys, values, row, length: slots, tokens }
  }

  /** Adds each row's newest keys and values (a layer: [rows, kvHeads, 1, size]) at its position. */
  append(results: Readonly<Record<string, Float32Array>>, positions: readonly number[]): void {
    for (let layer = 0; layer < this.config.layers; layer++) {
      this.insert(results[`k${layer}:new`]!, this.keys[layer]!, positions)
      this.insert(results[`v${layer}:new`]!, this.values[layer]!, positions)
    }
    for (let row = 0; row < this.rows; row++) {
      const at = row * this.slots + positions[row]!
      this.mask[at] = 0
      if (this.windowMask === null) continue
      this.windowMask[at] = 0
      const out = positions[row]! + 1 - this.config.window! // of the window of the next token
      if (out >= 0) this.windowMask[row * this.slots + out] = masked
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

  private fed(): Feeds {
    const { rows, slots } = this
    const { kvHeads, headDim } = this.config
    const shape = [rows, kvHeads, slots, headDim]
    const size = rows * kvHeads * slots * headDim
    const named = this.keys.flatMap((keys, l) => [
      [`k${l}`, { data: keys.subarray(0, size), shape }] as const,
      [`v${l}`, { data: this.values[l]!.subarray(0, size), shape }] as const,
    ])
    const shapeOfMask = [rows, 1, 1, 1, slots]
    return {
      mask: { data: this.mask, shape: shapeOfMask },
      ...(this.windowMask && { windowMask: { data: this.windowMask, shape: shapeOfMask } }),
      ...Object.fromEntries(named),
    }
  }
}

/** A cache between two calls. Its memory is worth keeping: the first touch of a page costs as much as many later ones. */
export class SpareCache {
  private readonly config: ModelConfig
  private readonly most: number
  private cache: Cache | null = null

  /** `most`: bytes of which the memory is kept. */
  constructor(config: ModelConfig, most: number) {
    this.config = config
    this.most = most
  }

  /** A cache without rows, in the memory of the one that was given back, where that was kept. */
  take(): Cache {
    const cache = this.cache ?? new Cache(this.config)
    this.cache = null
    return cache
  }

  /** Takes a cache whose rows have all ended well. */
  giveBack(cache: Cache): void {
    cache.clear()
    if (cache.bytes <= this.most) this.cache = cache
  }
}

/** Copies the tokens of a row from `from` on into another one, from its token `at` on. */
export function copyTokens(
  { layers, kvHeads, headDim }: ModelConfig,
  source: PromptCache,
  from: number,
  target: PromptCache,
  at: number,
): void {
  for (let h = 0; h < kvHeads; h++) {
    const head = (source.row * kvHeads + h) * source.length
    const [start, end] = [(head + from) * headDim, (head + source.tokens) * headDim]
    const to = ((target.row * kvHeads + h) * target.length + at) * headDim
    for (let layer = 0; layer < layers; layer++) {
      target.keys[layer]!.set(source.keys[layer]!.subarray(start, end), to)
      target.values[layer]!.set(source.values[layer]!.subarray(start, end), to)
    }
  }
}

/** Moves rows of `size` numbers to the front: `kept` ascends, so none is overwritten before it has moved. */
function moveRows(values: Float32Array, kept: readonly number[], size: number): void {
  kept.forEach((row, to) => {
    if (row !== to) values.copyWithin(to * size, row * size, (row + 1) * size)
  })
}

/** Copies the first `same` numbers of each head to where it begins among longer or shorter ones, maybe in the same array. */
function moveHeads(
  from: Float32Array,
  to: Float32Array,
  heads: number,
  size: number,
  newSize: number,
  same: number,
): void {
  const move = (head: number): void => {
    const start = head * size
    if (from === to) to.copyWithin(head * newSize, start, start + same)
    else to.set(from.subarray(start, start + same), head * newSize)
  }
  // What moves up begins with the last, so that it does not land on what has still to move.
  if (newSize > size) for (let head = heads - 1; head >= 0; head--) move(head)
  else if (newSize < size || from !== to) for (let head = 0; head < heads; head++) move(head)
}

function inBlocks(tokens: number): number {
  return Math.ceil(tokens / block) * block
}
