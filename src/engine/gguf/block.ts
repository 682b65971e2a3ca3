// What all block formats share.

import { fromFloat16 } from '../hf/tensor-types.ts'

/** Decodes one block: its bytes from `at`, its values to `to`. */
export type Block = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void

export const round = Math.fround

const bits = new Uint16Array(1)
const value = new Float32Array(1)

/** A half-precision number in two bytes. */
export function half(bytes: Uint8Array, at: number): number {
  bits[0] = bytes[at]! | (bytes[at + 1]! << 8)
  fromFloat16(bits, value)
  return value[0]!
}
