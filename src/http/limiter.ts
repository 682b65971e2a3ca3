/** Lets at most `most` pieces of work run at once; what waits begins in the order in which it came. */
export function limiter(most: number) {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    while (running >= most) await new Promise<void>(resolve => waiting.push(resolve))
    running++
    try {
      signal?.throwIfAborted()
      return await work()
    } finally {
      running--
      waiting.shift()?.()
    }
  }
}
