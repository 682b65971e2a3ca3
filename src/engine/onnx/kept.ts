// What was read for completions that stopped where they may go on: a later call that goes on from there reads none of it
// again. It lies in memory that every lane sees, so that any of them may go on from what another has read.

import { sharedFloats } from './helper.ts'
import type { Keeping, Piece, Place, Written } from './keeper.ts'
import type { CompletionSpan } from './prompts.ts'

/**
 * Tokens of a prompt that may follow what was kept of it: they are fed one by one, each beside all that is being sampled,
 * which is less work than to read the prompt again.
 */
const mostUnread = 16

/** Where it lies, by the tokens; each lane's memory is written around and around, so that what is oldest is forgotten. */
export class Kept {
  private readonly most: number
  private memories: readonly Float32Array[] = []
  private heads: number[] // numbers that each lane has written
  private readonly places = new Map<string, Place>()
  private version = -1

  /** `most`: numbers that each of so many lanes may keep. */
  constructor(lanes: number, most: number) {
    this.heads = Array.from({ length: lanes }, () => 0)
    this.most = most
  }

  /** Forgets what weights of another version have read. */
  renew(version: number): void {
    if (version !== this.version) this.forget()
    this.version = version
  }

  /** Forgets all. */
  forget(): void {
    this.places.clear()
    this.heads = this.heads.map(() => 0)
  }

  /** Where the longest beginning of these tokens lies that was kept, but for one to `mostUnread` of them; null: nowhere. */
  of(ids: Int32Array): Place | null {
    for (let more = 1; more <= mostUnread && more <= ids.length && this.places.size > 0; more++) {
      const place = this.places.get(keyOf(ids.subarray(0, ids.length - more + 1)))
      if (place !== undefined && this.lies(place)) return place
    }
    return null
  }

  /** What each lane needs to go on from these places, and to keep more: none of them is overwritten meanwhile. */
  keeping(places: readonly (Place | null)[]): Keeping[] {
    const { heads, most } = this
    if (this.memories.length === 0) this.memories = heads.map(() => sharedFloats(most))
    const floors = heads.map(() => Number.POSITIVE_INFINITY)
    for (let rest = places.filter(place => place !== null); rest.length > 0; ) {
      for (const { lane, at } of rest) floors[lane] = Math.min(floors[lane]!, at)
      rest = rest.map(({ before }) => before).filter(place => place !== null)
    }
    return heads.map((head, lane) => {
      return { memories: this.memories, lane, head, floor: floors[lane]! }
    })
  }

  /** Takes note of what a lane has kept of the completions of spans, all but the last token of each. */
  add(
    lane: number,
    spans: readonly CompletionSpan[],
    found: readonly (readonly { readonly ids: Int32Array }[])[],
    { head, prompts, rows }: Written,
  ): void {
    this.heads[lane] = head
    const placed = (piece: Piece | null, before: Place | null): Place | null =>
      piece && { ...piece, lane, before }
    for (const [s, { ids: prompt, kept = null }] of spans.entries()) {
      const before = kept ?? placed(prompts[s]!, null)
      if (before === null) continue
      for (const [i, { ids }] of found[s]!.entries()) {
        const place = placed(rows[s]![i] ?? null, before)
        if (place !== null) this.places.set(keyOf([...prompt, ...ids]), place)
      }
    }
    for (const [key, place] of this.places) if (!this.lies(place)) this.places.delete(key)
  }

  /** Whether none of it has been overwritten. */
  private lies(place: Place): boolean {
    for (let one: Place | null = place; one !== null; one = one.before)
      if (this.heads[one.lane]! > one.at + this.most) return false
    return true
  }
}

function keyOf(ids: ArrayLike<number>): string {
  return Array.prototype.join.call(ids)
}
