// The block formats of llama.cpp as float32: each block of a row holds its scale and small integers. Every product is
// rounded to float32 where the reference (the Python package gguf) rounds it, so that the values are its values bit for bit.

import { fromBfloat16, fromFloat16 } from '../hf/tensor-types.ts'
import { type Block, half, round } from './block.ts'
import {
  fiveBits,
  fourBitPoints,
  fourBitPointsScaled,
  threeBitsScaled,
  twoBitsScaled,
} from './more-blocks.ts'

/** How a type is stored. */
export interface BlockFormat {
  readonly elements: number // of a block
  readonly bytes: number // of a block
  /** Whole blocks in, their values out; `out` has `elements` places a block. */
  readonly decode: (bytes: Uint8Array, out: Float32Array) => void
}

/** By the name that GGUF has for the type; others are not read. */
export const blockFormats: Readonly<Record<string, BlockFormat>> = {
  F32: {
    elements: 1,
    bytes: 4,
    decode: (bytes, out) => new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes),
  },
  F16: { elements: 1, bytes: 2, decode: (bytes, out) => fromFloat16(words(bytes), out) },
  BF16: { elements: 1, bytes: 2, decode: (bytes, out) => fromBfloat16(words(bytes), out) },
  Q4_0: blocks(32, 18, fourBits(false)),
  Q4_1: blocks(32, 20, fourBits(true)),
  Q5_0: blocks(32, 22, fiveBits(false)),
  Q5_1: blocks(32, 24, fiveBits(true)),
  Q8_0: blocks(32, 34, eightBits),
  Q2_K: blocks(256, 84, twoBitsScaled),
  Q3_K: blocks(256, 110, threeBitsScaled),
  Q4_K: blocks(256, 144, fourBitsScaled),
  Q5_K: blocks(256, 176, fiveBitsScaled),
  Q6_K: blocks(256, 210, sixBitsScaled),
  IQ4_NL: blocks(32, 18, fourBitPoints),
  IQ4_XS: blocks(256, 136, fourBitPointsScaled),
}

function blocks(elements: number, size: number, block: Block): BlockFormat {
  return {
    elements,
    bytes: size,
    decode: (bytes, out) => {
      const count = bytes.length / size
      if (count * elements !== out.length)
        throw new RangeError(`decode: ${bytes.length} bytes into ${out.length} values`)
      for (let i = 0; i < count; i++) block(bytes, i * size, out, i * elements)
    },
  }
}

/** Scale, with a minimum of the block where the type has one; then two values a byte, the low halves first. */
function fourBits(hasMinimum: boolean): Block {
  const head = hasMinimum ? 4 : 2
  const centre = hasMinimum ? 0 : 8
  return (bytes, at, out, to) => {
    const scale = half(bytes, at)
    const minimum = hasMinimum ? half(bytes, at + 2) : 0
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + head + i]!
      const low = round(scale * ((pair & 15) - centre))
      const high = round(scale * ((pair >> 4) - centre))
      out[to + i] = hasMinimum ? low + minimum : low
      out[to + 16 + i] = hasMinimum ? high + minimum : high
    }
  }
}

function eightBits(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const scale = half(bytes, at)
  for (let i = 0; i < 32; i++) out[to + i] = scale * signed(bytes[at + 2 + i]!)
}

/** Eight groups of 32, each with a scale and a minimum of six bits, both times a scale of the block. */
function fourBitsScaled(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const values = at + 16
  for (let group = 0; group < 8; group++) {
    const [scale, minimum] = scaleAndMinimum(bytes, at, group)
    const shift = (group & 1) * 4
    const from = values + (group >> 1) * 32
    for (let i = 0; i < 32; i++)
      out[to + group * 32 + i] = round(scale * ((bytes[from + i]! >> shift) & 15)) - minimum
  }
}

/** As four bits, with the fifth bit of each value apart: one bit a group in 32 bytes. */
function fiveBitsScaled(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const fifths = at + 16
  const values = at + 48
  for (let group = 0; group < 8; group++) {
    const [scale, minimum] = scaleAndMinimum(bytes, at, group)
    const shift = (group & 1) * 4
    const from = values + (group >> 1) * 32
    for (let i = 0; i < 32; i++) {
      const low = (bytes[from + i]! >> shift) & 15
      const fifth = (bytes[fifths + i]! >> group) & 1
      out[to + group * 32 + i] = round(scale * (low | (fifth << 4))) - minimum
    }
  }
}

/** Sixteen groups of 16 with a signed scale of eight bits; the upper two bits of each value lie apart. */
function sixBitsScaled(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const upper = at + 128
  const scales = at + 192
  const scale = half(bytes, at + 208)
  for (let i = 0; i < 256; i++) {
    const part = i >> 5 // of 32 values: bits of a byte that others share
    const low =
      bytes[at + (part >> 2) * 64 + (part & 1) * 32 + (i & 31)]! >> (((part >> 1) & 1) * 4)
    const high = bytes[upper + (part >> 2) * 32 + (i & 31)]! >> ((part & 3) * 2)
    const value = ((low & 15) | ((high & 3) << 4)) - 32
    out[to + i] = round(scale * signed(bytes[scales + (i >> 4)]!)) * value
  }
}

/** Of a group in a block of 256: the six-bit numbers lie in twelve bytes, the last four groups' in pieces. */
function scaleAndMinimum(bytes: Uint8Array, at: number, group: number): [number, number] {
  const packed = at + 4
  const byte = (i: number): number => bytes[packed + i]!
  const early = group < 4
  const low = byte(early ? group : group + 4)
  const scale = early ? low & 63 : (low & 15) | ((byte(group - 4) >> 2) & 48)
  const minimum = early ? byte(group + 4) & 63 : (low >> 4) | ((byte(group) >> 2) & 48)
  return [round(half(bytes, at) * scale), round(half(bytes, at + 2) * minimum)]
}

function signed(byte: number): number {
  return (byte << 24) >> 24
}

function words(bytes: Uint8Array): Uint16Array {
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice()
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2)
}
