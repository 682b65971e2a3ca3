// JSON files of a model folder, read and checked.

import type { z } from 'zod'
import { boundedFile } from '../data/bounded-file.ts'
import { checked } from '../data/checked.ts'
import { DataError } from '../errors.ts'

/** A JSON file's content; null where there is no such file. A file that is not JSON is a DataError. */
export async function readJson(file: string): Promise<unknown> {
  const bytes = await boundedFile(file)
  if (bytes === null) return null
  try {
    return JSON.parse(bytes.toString())
  } catch (cause) {
    throw new DataError(`${file}: not JSON: ${(cause as Error).message}`, { cause })
  }
}

/** What a schema makes of a file's content; a DataError names what does not fit. */
export function parseJson<T>(file: string, schema: z.ZodType<T>, json: unknown): T {
  return checked(schema, json, wrong => new DataError(`${file}: ${wrong}`), { most: 3 })
}
