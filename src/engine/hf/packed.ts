// Frozen weights in less memory than float32 takes: matrices as bfloat16, which holds what a checkpoint stored as that
// exactly, or as int8 with a scale for each row. What is small, and what learns, stays float32.

import type { ModelConfig } from './config.ts'
import { type Parameter, parameterTable } from './parameters.ts'
import { fromBfloat16, toBfloat16 } from './tensor-types.ts'

/** How frozen matrices are held. */
export const baseTypes = ['float32', 'bfloat16', 'int8'] as const
export type BaseType = (typeof baseTypes)[number]
export type PackedType = Exclude<BaseType, 'float32'>

/** A matrix [out, in] as bfloat16 bits, or as int8 of which a row counts its scale. */
export interface Packed {
  readonly data: Uint16Array | Int8Array
  readonly scales: Float32Array | null // [out], of int8
}

/** Every weight of a model by its name, matrices packed. */
export interface PackedWeights {
  readonly type: PackedType
  readonly tensors: ReadonlyMap<string, Float32Array | Packed>
}

/** Bytes that a number of a frozen matrix takes. */
export const baseBytes: Readonly<Record<BaseType, number>> = { float32: 4, bfloat16: 2, int8: 1 }

/** Whether a parameter is held packed: a matrix that is no classifier's head. */
export function isPacked({ shape, group }: Parameter, { head }: ModelConfig): boolean {
  return shape.length === 2 && (group === 'trunk' || head === 'language-model')
}

/** A parameter's values as they are held. */
export function pack(
  parameter: Parameter,
  values: Float32Array,
  config: ModelConfig,
  type: PackedType,
): Float32Array | Packed {
  if (!isPacked(parameter, config)) return values.slice()
  if (type === 'int8') return packInt8(values, parameter.shape[0]!)
  const data = new Uint16Array(values.length)
  toBfloat16(values, data)
  return { data, scales: null }
}

/** Writes float32 values of what is held into `into`. */
export function unpack(held: Float32Array | Packed, into: Float32Array): void {
  if (held instanceof Float32Array) into.set(held)
  else if (held.data instanceof Uint16Array) fromBfloat16(held.data, into)
  else {
    const size = into.length / held.scales!.length
    for (let i = 0; i < into.length; i++)
      into[i] = held.data[i]! * held.scales![Math.floor(i / size)]!
  }
}

/** All weights, flat as parameterTable, packed. */
export function packAll(
  values: Float32Array,
  config: ModelConfig,
  type: PackedType,
): PackedWeights {
  const tensors = parameterTable(config).map(parameter => {
    const { name, offset, size } = parameter
    return [name, pack(parameter, values.subarray(offset, offset + size), config, type)] as const
  })
  return { type, tensors: new Map(tensors) }
}

/** All weights as float32, flat as parameterTable. */
export function unpackAll({ tensors }: PackedWeights, config: ModelConfig): Float32Array {
  const table = parameterTable(config)
  const last = table.at(-1)!
  const values = new Float32Array(last.offset + last.size)
  for (const { name, offset, size } of table)
    unpack(tensors.get(name)!, values.subarray(offset, offset + size))
  return values
}

/** The nearest of 255 steps to both sides of 0, the largest of a row being 127 of them. What is not finite stays so. */
export function packInt8(
  values: Float32Array,
  rows: number,
): { readonly data: Int8Array; readonly scales: Float32Array } {
  const data = new Int8Array(values.length)
  const scales = new Float32Array(rows)
  const size = values.length / rows
  for (let row = 0; row < rows; row++) {
    const [start, end] = [row * size, (row + 1) * size]
    const step = Math.fround(largestOf(values, start, end) / 127)
    const scale = step === 0 ? 1 : step
    scales[row] = scale
    // the nearest, by cutting what is above 0: Math.round and division take several times as long
    const share = 1 / scale
    for (let i = start; i < end; i++) data[i] = ((values[i]! * share + 128.5) | 0) - 128
  }
  return { data, scales }
}

/** The largest |value| from start to end; NaN where one is. */
function largestOf(values: Float32Array, start: number, end: number): number {
  let [most, sum] = [0, 0]
  for (let i = start; i < end; i++) {
    const value = values[i]!
    const size = value < 0 ? -value : value
    if (size > most) most = size
    sum += size
  }
  return Number.isNaN(sum) ? sum : most
}
