// Weights as graphs are fed them.

import { type PackedWeights, unpack } from '../hf/packed.ts'
import type { Parameter } from '../hf/parameters.ts'
import type { Fed, Feeds } from './session.ts'

/** What a graph is fed of weights; `name:scales` are those of the rows of an int8 matrix. */
export function feedsOf(from: Float32Array | PackedWeights, table: readonly Parameter[]): Feeds {
  const feeds: Record<string, Fed> = {}
  for (const { name, shape, offset, size } of table) {
    const held = from instanceof Float32Array ? null : from.tensors.get(name)!
    if (from instanceof Float32Array)
      feeds[name] = { data: from.subarray(offset, offset + size), shape }
    else if (held instanceof Float32Array) feeds[name] = { data: held, shape }
    else {
      feeds[name] = { data: held!.data, shape }
      if (held!.scales) feeds[`${name}:scales`] = { data: held!.scales, shape: [shape[0]!] }
    }
  }
  return feeds
}

/** The values of a weight by its name: what is fed, or a copy of what is packed. */
export function valuesIn(feeds: Feeds, name: string): Float32Array {
  const { data } = feeds[name]!
  if (data instanceof Float32Array) return data
  const values = new Float32Array(data.length)
  const scales = (feeds[`${name}:scales`]?.data ?? null) as Float32Array | null
  unpack({ data: data as Int8Array | Uint16Array, scales }, values)
  return values
}
