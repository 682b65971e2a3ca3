// Keys of a GGUF header, checked: an absent key is null, a wrong type is a DataError that names the key.

import type { z } from 'zod'
import { checked } from '../../data/checked.ts'
import { DataError } from '../../errors.ts'
import type { GgufHeader } from './header.ts'

/** A key's value as a schema has it; null where the header lacks the key. */
export function optional<T>(
  { file, metadata }: GgufHeader,
  key: string,
  schema: z.ZodType<T>,
): T | null {
  const value = metadata.get(key)
  if (value === undefined) return null
  return checked(schema, value, wrong => new DataError(`${file}: key ${wrong}`), { at: key })
}

/** A key that must be there. */
export function required<T>(header: GgufHeader, key: string, schema: z.ZodType<T>): T {
  const value = optional(header, key, schema)
  if (value === null) throw new DataError(`${header.file}: no key ${key}; is it a language model?`)
  return value
}
