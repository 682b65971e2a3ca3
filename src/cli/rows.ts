// Rows of input as commands take them: checked against a schema, and in batches.
import { setImmediate } from 'node:timers/promises'
import type { z } from 'zod'
import { DataError } from '../errors.ts'

/** The row that a value is; anything else is refused, naming its place and the field. */
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

/**
 * Items in arrays of at most `size`, in order. An array ends early where the next item has not come yet, or could not
 * be read: what has come never waits, and is worked on before a failure is thrown.
 */
export async function* batches<T>(
  items: AsyncIterable<T>,
  size: number,
): AsyncGenerator<readonly T[]> {
  const source = items[Symbol.asyncIterator]()
  const pull = (): Promise<IteratorResult<T>> => {
    const next = source.next()
    next.catch(() => {}) // it is thrown below, when its turn comes
    return next
  }
  let next = pull()
  for (let first = await next; !first.done; first = await next) {
    const batch = [first.value]
    next = pull()
    while (batch.length < size) {
      const come = await Promise.race([next.catch(() => null), setImmediate(null)])
      if (come === null || come.done) break
      batch.push(come.value)
      next = pull()
    }
    yield batch
  }
}
