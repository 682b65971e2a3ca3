/** What can be asked of single items before all of them are asked together. */
export interface Begun<I, T> {
  /** Asks of items that are there before others; what comes of it, also an error, is told to who asks for them. */
  begin(items: readonly I[], signal?: AbortSignal): void
  /** Answers in order; of what was not begun they are asked for now, together. */
  ask(items: readonly I[], signal?: AbortSignal): Promise<readonly T[]>
}

/** Lets a judge, whose answer to an item depends on no other, begin with those that are there first. `keyOf` tells items apart. */
export function begun<I, T>(
  judge: (items: readonly I[], signal?: AbortSignal) => Promise<readonly T[]>,
  keyOf: (item: I) => object,
): Begun<I, T> {
  const answers = new WeakMap<object, Promise<T>>()
  const askFor = (items: readonly I[], signal: AbortSignal | undefined): void => {
    const all = judge(items, signal).then(found => {
      if (found.length === items.length) return found
      throw new RangeError(`begun: ${found.length} answers to ${items.length} items`)
    })
    for (const [i, item] of items.entries()) {
      const answer = all.then(found => found[i]!)
      answer.catch(() => {}) // told to who asks for it
      answers.set(keyOf(item), answer)
    }
  }
  return {
    begin: askFor,
    ask: async (items, signal) => {
      const fresh = items.filter(item => !answers.has(keyOf(item)))
      if (fresh.length === items.length) return judge(items, signal)
      if (fresh.length > 0) askFor(fresh, signal)
      return Promise.all(items.map(item => answers.get(keyOf(item))!))
    },
  }
}
