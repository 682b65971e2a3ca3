// Llama 3's scaling of rotary frequencies (arXiv:2407.21783): converters write what each frequency is divided by, as the
// tensor rope_freqs, and leave out the four numbers that they came from, which config.json needs.

import { closeSync, readSync } from 'node:fs'
import { openFileSync } from '../../data/plain-file.ts'
import { DataError, EngineError } from '../../errors.ts'
import type { GgufHeader, GgufTensor } from './header.ts'

interface Scaling {
  readonly factor: number
  readonly low: number // turns in `original` positions: at most so many, divided by the factor
  readonly high: number // at least so many: kept
  readonly original: number
}

/** The rope_scaling that explains a file's factors; null where they change nothing, an EngineError where none does. */
export function llama3Scaling(
  header: GgufHeader,
  tensor: GgufTensor,
  theta: number,
  headDim: number,
): object | null {
  const factors = readFactors(header, tensor, headDim / 2)
  if (factors.every(one => one === 1)) return null
  const found = explain(factors, theta)
  if (found === null)
    throw new EngineError(
      `${header.file}: the tensor rope_freqs scales frequencies in a way that is not known; expected that of Llama 3`,
    )
  return {
    rope_type: 'llama3',
    factor: found.factor,
    low_freq_factor: found.low,
    high_freq_factor: found.high,
    original_max_position_embeddings: found.original,
  }
}

/** Every published model has these turns; the last divisor is the factor, as the slowest frequency is always divided. */
export function explain(factors: ArrayLike<number>, theta: number): Scaling | null {
  const factor = factors[factors.length - 1]!
  for (const original of [8192, 4096, 16384, 32768]) {
    const scaling = { factor, low: 1, high: 4, original }
    const expected = divisors(scaling, theta, factors.length)
    if (expected.every((one, i) => Math.abs(one / factors[i]! - 1) < 1e-5)) return scaling
  }
  return null
}

/** What each of `count` frequencies is divided by. */
export function divisors({ factor, low, high, original }: Scaling, theta: number, count: number) {
  return Array.from({ length: count }, (_, i) => {
    const turns = (original * theta ** (-i / count)) / (2 * Math.PI)
    if (turns < low) return factor
    if (turns > high) return 1
    const smooth = (turns - low) / (high - low)
    return 1 / ((1 - smooth) / factor + smooth)
  })
}

function readFactors({ file, size }: GgufHeader, tensor: GgufTensor, count: number): Float32Array {
  const { type, shape, offset } = tensor
  if (type !== 'F32' || shape.length !== 1 || shape[0] !== count || !(offset + 4 * count <= size))
    throw new DataError(
      `${file}: tensor rope_freqs.weight: ${type} [${shape}]; expected F32 [${count}] inside the file`,
    )
  const out = new Float32Array(count)
  const handle = openFileSync(file)
  try {
    const read = readSync(handle, new Uint8Array(out.buffer), 0, 4 * count, offset)
    if (read < 4 * count) throw new DataError(`${file}: ends inside rope_freqs; cut short?`)
    return out
  } finally {
    closeSync(handle)
  }
}
