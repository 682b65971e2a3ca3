import { setMaxListeners } from 'node:events'

const longest = 2 ** 31 - 1 // ms that a timer can wait; a longer one would ring at once

/**
 * Runs work under a signal that aborts when `outer` does, or with a TimeoutError after `ms`. Made of timers and listeners:
 * AbortSignal.any holds its sources weakly, so that a collected time-out never comes (Node 20).
 */
export async function within<T>(
  ms: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = `nothing came within ${ms / 1000} s`
  return linked(outer, async ({ signal, abort }) => {
    const timer = setTimeout(
      () => abort(new DOMException(late, 'TimeoutError')),
      Math.min(ms, longest),
    )
    try {
      return await work(signal)
    } finally {
      clearTimeout(timer)
    }
  })
}

/** Runs work under a signal of its own, which also aborts when `outer` does; any number may listen to it. */
export async function linked<T>(
  outer: AbortSignal | undefined,
  work: (own: { signal: AbortSignal; abort(reason?: unknown): void }) => Promise<T>,
): Promise<T> {
  const own = new AbortController()
  setMaxListeners(0, own.signal, ...(outer ? [outer] : [])) // each listener goes with its work
  const stop = (): void => own.abort(outer?.reason)
  if (outer?.aborted) stop()
  outer?.addEventListener('abort', stop, { once: true })
  try {
    return await work({ signal: own.signal, abort: reason => own.abort(reason) })
  } finally {
    outer?.removeEventListener('abort', stop)
  }
}
