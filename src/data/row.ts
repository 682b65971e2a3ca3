// A row of a file against the schema it should have.

import type { z } from 'zod'
import { DataError } from '../errors.ts'
import { checked } from './checked.ts'

/** The row that a value is; anything else is a DataError that names its place and the field. */
export function parseRow<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  return checked(schema, value, wrong => new DataError(`${where}: ${wrong}`))
}
