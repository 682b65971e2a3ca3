import { RunError } from '../errors.ts'
import type { Json } from '../types.ts'

const largest = 16 * 2 ** 20 // bytes as JSON

/**
 * What a method remembers, as it will be read back. Throws RunError for what JSON would lose or change, such as undefined, NaN
 * or a typed array, naming where it lies, and for more than 16 MiB.
 */
export function plainData(value: unknown): Json {
  const bad = notPlain(value, 'memory')
  if (bad !== null)
    throw new RunError(
      `${bad}; a method remembers plain data: null, finite numbers, texts, lists, objects`,
    )
  const size = Buffer.byteLength(JSON.stringify(value))
  if (size > largest)
    throw new RunError(
      `memory: ${(size / 2 ** 20).toFixed(1)} MiB as JSON, of 16 that a method may remember; keep [iteration, group, rollout] instead of rollouts`,
    )
  return value as Json
}

/** Where a value holds what is no plain data, and what it is; null where it holds nothing else. */
function notPlain(value: unknown, where: string): string | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${where} is ${value}`
  if (typeof value !== 'object') return `${where} is ${typeof value}`
  if (Array.isArray(value)) return firstOf([...value].map((one, i) => [`${where}[${i}]`, one]))
  const kind = Object.getPrototypeOf(value)
  if (kind !== Object.prototype && kind !== null)
    return `${where} is of the class ${kind?.constructor?.name ?? '?'}`
  return firstOf(Object.entries(value).map(([name, one]) => [`${where}.${name}`, one]))
}

function firstOf(entries: readonly (readonly [string, unknown])[]): string | null {
  for (const [where, one] of entries) {
    const found = notPlain(one, where)
    if (found !== null) return found
  }
  return null
}
