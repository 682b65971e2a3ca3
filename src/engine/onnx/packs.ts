// Weights that are read together lie next to each other, so that one matrix product serves q, k and v (or gate and up):
// a pack is a longer view of the same memory.

import { EngineError } from '../../errors.ts'
import type { Parameter } from '../hf/parameters.ts'

/** What the graphs take as one weight: one parameter, or several that lie next to each other. */
export interface Pack {
  readonly name: string
  readonly shape: readonly number[]
  readonly offset: number
  readonly size: number
}

const packed: readonly (readonly [RegExp, string])[] = [
  [/\.[qkv]_proj\.(weight|bias)$/, '.qkv_proj.$1'],
  [/\.(?:gate|up)_proj\.weight$/, '.gate_up_proj.weight'],
]

/** The packs of a table of parameters; neighbours of one pack are joined along their first axis. */
export function packParameters(table: readonly Parameter[]): Pack[] {
  const packs = new Map<string, Pack>()
  for (const { name, shape, offset, size } of table) {
    const rule = packed.find(([pattern]) => pattern.test(name))
    const into = rule === undefined ? name : name.replace(rule[0], rule[1])
    const before = packs.get(into)
    if (before === undefined) {
      packs.set(into, { name: into, shape, offset, size })
      continue
    }
    if (before.offset + before.size !== offset) {
      throw new EngineError(`packParameters: ${name} does not follow the rest of ${into}`)
    }
    const joined = [before.shape[0]! + shape[0]!, ...shape.slice(1)]
    packs.set(into, { ...before, shape: joined, size: before.size + size })
  }
  return [...packs.values()]
}
