// A row of a file against the schema it should have.

import type { z } from 'zod'
import { DataError } from './errors.ts'

/** The row that a value is; anything else is a DataError that names its place and the field. */
export function parseRow<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const { data, error } = schema.safeParse(value)
  if (error === undefined) return data
  const { path, message } = error.issues[0]!
  throw new DataError(`${where}: ${fieldName(path)}: ${message}`)
}

/** A path as it is written: `rollouts[2].stepLengths[0]`. */
export function fieldName(path: readonly PropertyKey[]): string {
  const text = path.map(p => (typeof p === 'number' ? `[${p}]` : `.${String(p)}`)).join('')
  return text.replace(/^\./, '') || 'the row'
}
