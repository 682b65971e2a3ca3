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
  for (let i = 0; i < bits.length; i++) {
    const h = bits[i] as number
    const sign = h & 0x8000 ? -1 : 1
    const exponent = (h >> 10) & 31
    const fraction = h & 1023
    if (exponent === 0) out[i] = sign * fraction * 2 ** -24
    else if (exponent === 31) out[i] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
    else out[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  }
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

function wordsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length)
}

function checkLengths(name: string, from: ArrayLike<number>, to: ArrayLike<number>): void {
  if (from.length !== to.length)
    throw new RangeError(`${name}: ${from.length} values into ${to.length}`)
}
