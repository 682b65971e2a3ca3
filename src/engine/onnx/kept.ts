// What was read for a completion that stopped where it may go on: a later call that goes on from there reads none of it again.

import type { PromptCache } from './cache.ts'

/** Keys and values by the tokens that they are of; of more than `most` bytes those that were kept first are forgotten. */
export class Kept {
  private readonly most: number
  private readonly rows = new Map<string, { readonly cache: PromptCache; readonly bytes: number }>()
  private bytes = 0
  private version = -1

  constructor(most: number) {
    this.most = most
  }

  /** Forgets what weights of another version have read. */
  renew(version: number): void {
    if (version === this.version) return
    this.rows.clear()
    this.bytes = 0
    this.version = version
  }

  /** What was read of the longest beginning of these tokens that was kept, but for at most `most` of them; null: of none. */
  of(ids: Int32Array, most = 1): PromptCache | null {
    for (let more = 1; more <= most && more <= ids.length && this.rows.size > 0; more++) {
      const found = this.rows.get(keyOf(ids.subarray(0, ids.length - more + 1)))
      if (found !== undefined) return found.cache
    }
    return null
  }

  /** Keeps what was read of these tokens, all but the last. */
  keep(ids: ArrayLike<number>, cache: PromptCache): void {
    const key = keyOf(ids)
    const bytes = 4 * [...cache.keys, ...cache.values].reduce((sum, one) => sum + one.length, 0)
    this.bytes += bytes - (this.rows.get(key)?.bytes ?? 0)
    this.rows.delete(key)
    this.rows.set(key, { cache, bytes })
    for (const [oldest, { bytes: freed }] of this.rows) {
      if (this.bytes <= this.most) break
      this.rows.delete(oldest)
      this.bytes -= freed
    }
  }
}

function keyOf(ids: ArrayLike<number>): string {
  return Array.prototype.join.call(ids)
}
