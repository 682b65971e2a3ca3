// How much memory a model's work takes, from its shape alone: what a rectangle is cut to, and what a run is refused by.

import type { Precision } from '../engine.ts'
import type { ModelConfig } from '../hf/config.ts'
import { adapterTable, type Lora } from '../hf/lora.ts'
import { type BaseType, baseBytes, isPacked } from '../hf/packed.ts'
import { parameterCount, parameterTable } from '../hf/parameters.ts'
import { usualCacheBytes } from './cache.ts'

/** Whether the inner values of layers are kept for the gradient, or computed again. */
export interface Reading {
  readonly recompute: boolean
}

const inHand = 3 // layers whose values and gradients are there at once

/** Bytes of the values that a gradient needs of each token, in rows of `length` tokens; measured within a fifth. */
export function bytesPerToken(
  { hiddenSize, intermediateSize, layers, heads }: ModelConfig,
  length: number,
  { recompute }: Reading,
): number {
  const layer = 7 * hiddenSize + 5 * intermediateSize + heads * length
  const kept = recompute ? layers * hiddenSize : layers * layer
  return 4 * (kept + inHand * layer)
}

/** What a model is to do, as far as its memory depends on it. */
export interface Work {
  readonly learns: 'nothing' | 'all' | Lora
  readonly base: BaseType // how frozen weights are held
  readonly rows: number // sequences that are sampled side by side; 0: none
  readonly precision?: Precision // that they are drawn with; default float32
  readonly length: number // tokens of a sequence
  readonly valueBytes?: number // as ModelOptions has them
  readonly logits?: number
  readonly lanes?: number
}

const program = 1.5e8 // bytes of Node and the library
const logitCopies = 6 // of a slice, with its gradient
const laidOut = { most: 2e8, copies: 2 } // weights for decoding, while they are laid out
const byteCopies = 4 // of weights in 8 bits, likewise

/** Bytes at the peak of a model's work, the program's own included. */
export function peakBytes(config: ModelConfig, work: Work): number {
  const {
    learns,
    rows,
    length,
    precision,
    valueBytes = 2 ** 31,
    logits = 2 ** 24,
    lanes = 1,
  } = work
  const count = parameterCount(config)
  const perToken = bytesPerToken(config, length, { recompute: false })
  const kept = learns === 'nothing' ? perToken / (config.layers / inHand + 1) : perToken
  const tokens = Math.min(4096, Math.max(length, Math.floor(valueBytes / perToken)))
  const slice = 4 * Math.min(logits, tokens * config.vocabSize)
  const reading = tokens * kept + logitCopies * slice
  const inBytes = precision === 'int8' ? byteCopies * count : 0
  const decoding =
    rows === 0
      ? 0
      : cacheOf(config, rows, length) + 8 * rows * config.vocabSize + laidOutOf(count) + inBytes
  return program + weightsOf(config, work) * lanes + reading + decoding
}

function weightsOf(config: ModelConfig, { learns, base }: Work): number {
  const table = parameterTable(config)
  const isAdapted = learns !== 'all' && learns !== 'nothing'
  const type = isAdapted ? base : 'float32'
  const stored = table.reduce((sum, parameter) => {
    const bytes = isPacked(parameter, config) ? baseBytes[type] : 4
    return sum + bytes * parameter.size
  }, 0)
  const largest = Math.max(...table.map(({ size }) => size))
  const unpacked = type === 'float32' ? 0 : 8 * largest
  const sizes = isAdapted ? adapterTable(config, learns).map(({ size }) => size) : []
  const learned = learns === 'all' ? parameterCount(config) : sizes.reduce((a, b) => a + b, 0)
  // An adapter itself; a gradient, two moments, and what a graph returns, twice, of all that learns.
  return stored + unpacked + (isAdapted ? 4 : 0) * learned + 20 * learned
}

function cacheOf({ layers, kvHeads, headDim }: ModelConfig, rows: number, length: number): number {
  return Math.min(
    usualCacheBytes,
    4 * 4 * layers * kvHeads * headDim * Math.min(256, rows) * length,
  )
}

function laidOutOf(count: number): number {
  return count <= laidOut.most ? 4 * laidOut.copies * count : 0
}
