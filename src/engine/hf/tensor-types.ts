// Conversions between float32 and the two-byte types that checkpoints hold.

/** The types that weights are written in. */
export type WeightType = 'float32' | 'float16' | 'bfloat16'

/** Bytes an element, by the name that safetensors headers use. */
export const elementBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
}

/** Widens bfloat16 bits; exact. */
export function fromBfloat16(bits: Uint16Array, out: Float32Array): void {
  checkLengths('fromBfloat16', bits, out)
  const words = wordsOf(out)
  for (let i = 0; i < bits.length; i++) words[i] = (bits[i] as number) << 16
}

/** Widens IEEE half-precision bits; exact. */
export function fromFloat16(bits: Uint16Array, out: Float32Array): void {
  checkLengths('fromFloat16', bits, out)
  halves ??= Float32Array.from({ length: 1 << 16 }, (_, h) => halfValue(h))
  for (let i = 0; i < bits.length; i++) out[i] = halves[bits[i]!]!
}

let halves: Float32Array | null = null // every half-precision number: a look-up is the fastest widening

function halfValue(h: number): number {
  const sign = h & 0x8000 ? -1 : 1
  const exponent = (h >> 10) & 31
  const fraction = h & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Rounds to IEEE half-precision bits, ties to even; what is above 65,504 becomes infinite, NaN stays NaN. */
export function toFloat16(values: Float32Array, out: Uint16Array): void {
  checkLengths('toFloat16', values, out)
  const words = wordsOf(values)
  for (let i = 0; i < words.length; i++) {
    const w = words[i]!
    const sign = (w >>> 16) & 0x8000
    const size = w & 0x7fffffff
    if (size > 0x7f800000) out[i] = sign | 0x7e00
    else if (size >= 0x477ff000) out[i] = sign | 0x7c00
    else if (size < 0x38800000) out[i] = sign | subnormal(values[i]!)
    // The exponent's bias changes from 127 to 15, and a carry out of the fraction rightly goes into it.
    else out[i] = sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13)
  }
}

/** Multiples of 2^-24, ties to even. */
function subnormal(value: number): number {
  const units = Math.abs(value) * 2 ** 24
  const whole = Math.floor(units)
  const rest = units - whole
  return rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole
}

/** Rounds to bfloat16 bits, ties to even; NaN stays NaN. */
export function toBfloat16(values: Float32Array, out: Uint16Array): void {
  checkLengths('toBfloat16', values, out)
  const words = wordsOf(values)
  for (let i = 0; i < words.length; i++) {
    const w = words[i] as number
    const nan = (w & 0x7fffffff) > 0x7f800000
    // Adding would carry a NaN of small payload into infinity or zero, so its quiet bit is set instead.
    out[i] = nan ? (w >>> 16) | 0x40 : (w + 0x7fff + ((w >>> 16) & 1)) >>> 16
  }
}

/** Where the first number that is NaN or infinite lies, or -1. */
export function firstNotFinite(values: Float32Array): number {
  // Products with 0 add up to NaN as soon as one is not finite: no comparison inside the loop.
  let a = 0
  let b = 0
  const even = values.length & ~1
  for (let i = 0; i < even; i += 2) {
    a += values[i]! * 0
    b += values[i + 1]! * 0
  }
  if (even < values.length) a += values[even]! * 0
  return a + b === 0 ? -1 : values.findIndex(x => !Number.isFinite(x))
}

/** Where the first half-size number that is NaN or infinite lies, or -1. */
export function firstInfinite(bits: Uint16Array, dtype: 'float16' | 'bfloat16'): number {
  const exponent = dtype === 'float16' ? 0x7c00 : 0x7f80
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & exponent) === exponent) return i
  return -1
}

function wordsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length)
}

function checkLengths(name: string, from: ArrayLike<number>, to: ArrayLike<number>): void {
  if (from.length !== to.length)
    throw new RangeError(`${name}: ${from.length} values into ${to.length}`)
}
