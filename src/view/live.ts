// What changes in runs while a page is open, from when their files changed: nothing is read, so that a run that goes on does
// not notice who watches it.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { RunFolder, RunFolders } from '../runs/folders.ts'
import { partIteration, parts } from '../runs/layout.ts'
import type { LiveChange } from './api.ts'
import { stampOf } from './brief.ts'

const lookEvery = 1000 // milliseconds

/** What is known of a run that is watched. */
interface Watched {
  readonly stamp: string
  readonly last: number | null // iteration with rollouts
}

/** Watches runs as long as somebody listens. */
export class Live {
  private readonly listeners = new Set<(change: LiveChange) => void>()
  private readonly folders: RunFolders
  private runs: readonly RunFolder[] = []
  private watched = new Map<string, Watched>()
  private nextSearch = 0
  private timer: NodeJS.Timeout | null = null

  private readonly searchEvery: number

  /** Runs that came or went are searched for every `searchEvery` milliseconds, and not for more than a fiftieth of the time. */
  constructor(folders: RunFolders, { searchEvery = 5000 } = {}) {
    this.folders = folders
    this.searchEvery = searchEvery
  }

  /** Tells `listener` what changes from now on, until the returned function is called. */
  listen(listener: (change: LiveChange) => void): () => void {
    this.listeners.add(listener)
    if (this.timer === null) {
      this.search()
      this.watched = new Map(this.runs.map(run => [run.id, look(run)]))
      this.timer = setInterval(() => this.look(), lookEvery)
    }
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size > 0 || this.timer === null) return
      clearInterval(this.timer)
      this.timer = null
    }
  }

  /** Looks once, which the timer does every second. */
  look(): void {
    const before = new Set(this.runs.map(({ id }) => id))
    if (performance.now() >= this.nextSearch) this.search()
    const isSame = this.runs.length === before.size && this.runs.every(({ id }) => before.has(id))
    if (!isSame) this.tell({ run: null, iteration: null })
    for (const run of this.runs) {
      const known = this.watched.get(run.id)
      if (known !== undefined && known.stamp === stampOf(run.folder)) continue
      const now = look(run)
      this.watched.set(run.id, now)
      if (known === undefined) continue
      this.tell({ run: run.id, iteration: now.last === known.last ? null : now.last })
    }
  }

  private search(): void {
    const start = performance.now()
    this.runs = this.folders.all()
    const now = performance.now()
    this.nextSearch = now + (this.searchEvery && Math.max(this.searchEvery, 50 * (now - start)))
  }

  private tell(change: LiveChange): void {
    for (const listener of this.listeners) listener(change)
  }
}

function look({ folder }: RunFolder): Watched {
  return { stamp: stampOf(folder), last: lastIteration(join(folder, parts.rollouts)) }
}

function lastIteration(folder: string): number | null {
  try {
    const found = readdirSync(folder).flatMap(name => partIteration(name) ?? [])
    return found.reduce<number | null>((last, one) => Math.max(last ?? 0, one), null)
  } catch {
    return null // removed just now
  }
}
