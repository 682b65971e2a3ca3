// Rows of input as commands take them: in batches.
import { setImmediate } from 'node:timers/promises'

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
