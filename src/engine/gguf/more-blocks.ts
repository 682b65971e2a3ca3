// More block formats of llama.cpp: those that its mixtures use where a row is no multiple of 256 values (Q5_0, Q5_1, IQ4_NL), and
// the small ones (Q2_K, Q3_K, IQ4_XS). Products are rounded as in dequantise.ts.

import { type Block, half, round } from './block.ts'

/** 32 values of five bits: the fifth of each lies apart, in 32 bits. */
export function fiveBits(hasMinimum: boolean): Block {
  const head = hasMinimum ? 4 : 2
  const centre = hasMinimum ? 0 : 16
  return (bytes, at, out, to) => {
    const scale = half(bytes, at)
    const minimum = hasMinimum ? half(bytes, at + 2) : 0
    for (let i = 0; i < 32; i++) {
      const low = (bytes[at + head + 4 + (i & 15)]! >> (i < 16 ? 0 : 4)) & 15
      const fifth = (bytes[at + head + (i >> 3)]! >> (i & 7)) & 1
      const value = round(scale * ((low | (fifth << 4)) - centre))
      out[to + i] = hasMinimum ? value + minimum : value
    }
  }
}

/** Sixteen groups of 16 values of two bits, each with a scale and a minimum of four bits. */
export function twoBitsScaled(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const [scale, minimum] = [half(bytes, at + 80), half(bytes, at + 82)]
  for (let i = 0; i < 256; i++) {
    const group = bytes[at + (i >> 4)]!
    const value = twoBits(bytes, at + 16, i)
    const product = round(round(scale * (group & 15)) * value)
    out[to + i] = product - round(minimum * (group >> 4))
  }
}

/** Sixteen groups of 16 values of three bits with a scale of six; the third bit of a value lies apart, and says when 4 is not taken off. */
export function threeBitsScaled(
  bytes: Uint8Array,
  at: number,
  out: Float32Array,
  to: number,
): void {
  const scale = half(bytes, at + 108)
  for (let i = 0; i < 256; i++) {
    const group = i >> 4
    const packed = at + 96
    const low = (bytes[packed + (group & 7)]! >> (group < 8 ? 0 : 4)) & 15
    const high = (bytes[packed + 8 + (group & 3)]! >> (2 * (group >> 2))) & 3
    const third = (bytes[at + (i & 31)]! >> (i >> 5)) & 1
    const value = twoBits(bytes, at + 32, i) - (third === 1 ? 0 : 4)
    out[to + i] = round(scale * ((low | (high << 4)) - 32)) * value
  }
}

/** Two bits of the i-th of 256 values: four values a byte, 32 apart, in two halves. */
function twoBits(bytes: Uint8Array, at: number, i: number): number {
  return (bytes[at + (i >> 7) * 32 + (i & 31)]! >> (2 * ((i >> 5) & 3))) & 3
}

/** What four bits stand for: points that lie closer about 0. */
const points = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]

/** 32 values, each a point times the scale of the block. */
export function fourBitPoints(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  placed(bytes, at + 2, half(bytes, at), out, to)
}

/** Eight groups of such with a scale of six bits, which lies in two places. */
export function fourBitPointsScaled(
  bytes: Uint8Array,
  at: number,
  out: Float32Array,
  to: number,
): void {
  const scale = half(bytes, at)
  const upper = bytes[at + 2]! | (bytes[at + 3]! << 8)
  for (let group = 0; group < 8; group++) {
    const low = (bytes[at + 4 + (group >> 1)]! >> (4 * (group & 1))) & 15
    const high = (upper >> (2 * group)) & 3
    const own = round(scale * ((low | (high << 4)) - 32))
    placed(bytes, at + 8 + 16 * group, own, out, to + 32 * group)
  }
}

function placed(bytes: Uint8Array, at: number, scale: number, out: Float32Array, to: number): void {
  for (let i = 0; i < 32; i++)
    out[to + i] = scale * points[(bytes[at + (i & 15)]! >> (i < 16 ? 0 : 4)) & 15]!
}
