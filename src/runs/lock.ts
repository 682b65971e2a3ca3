// One process writes a run. It says so in the folder, by its id and by when it started, since ids come back: a lock whose
// process is gone counts for nothing.

import {
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { readText } from '../data/plain-file.ts'
import { RunError } from '../errors.ts'
import { parts, statOf, unfinished } from './layout.ts'

interface Owner {
  readonly pid: number
  readonly host: string
  readonly started: string | null // the system's count for the process, where it tells
}

let locks = 0
const held = new Set<string>()

/** Gives back whatever this process has taken, before it ends at once. */
export function releaseLocks(): void {
  for (const file of held) rmSync(file, { force: true })
  held.clear()
}

/** Takes a run folder for this process and returns how to give it back. Throws RunError while another one has it. */
export function lockRun(folder: string): () => void {
  return lockFile(join(folder, parts.lock), folder)
}

/** Whether a process is writing a run; one of another machine counts as writing, since nobody here can tell. */
export function isWritten(folder: string): boolean {
  const file = join(folder, parts.lock)
  if (!statOf(file)?.isFile()) return false
  const owner = ownerOf(file)
  return owner !== null && isThere(owner)
}

/** Takes what `what` names, by a lock at `file`. */
export function lockFile(file: string, what: string): () => void {
  const own = join(dirname(file), `${unfinished}lock-${process.pid}-${locks++}`)
  const me: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) }
  writeFileSync(own, JSON.stringify(me))
  try {
    for (;;) {
      try {
        linkSync(own, file) // fails where the name is taken: of two processes one gets it
        held.add(file)
        sweep(dirname(file))
        return () => {
          if (held.delete(file)) rmSync(file, { force: true })
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const owner = ownerOf(file)
      if (owner !== null && isThere(owner)) throw taken(what, file, owner)
      setAside(file, `${own}-stale`)
    }
  } finally {
    rmSync(own, { force: true })
  }
}

function taken(what: string, file: string, { pid, host }: Owner): RunError {
  const away = host === hostname() ? '' : ` on ${host}; if that one is gone, remove ${file}`
  return new RunError(`${what} is being written by process ${pid}${away}`)
}

/** Who holds a lock; null for one that says nothing, or that has gone meanwhile. */
function ownerOf(file: string): Owner | null {
  try {
    const { pid, host, started } = JSON.parse(readText(file)) as Partial<Owner>
    return isId(pid) && typeof host === 'string' ? { pid, host, started: started ?? null } : null
  } catch {
    return null
  }
}

/** Others than these stand for groups of processes, which are always there. */
function isId(pid: unknown): pid is number {
  return Number.isSafeInteger(pid) && Number(pid) > 0
}

/** Whether a process runs; one of another machine counts as running, since nobody here can tell. */
function isThere({ pid, host, started }: Owner): boolean {
  if (host !== hostname()) return true
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = startOf(pid)
  return started === null || now === null || now === started
}

/** Moved first, removed then: what was moved can no longer be somebody else's new lock. */
function setAside(file: string, to: string): void {
  try {
    renameSync(file, to)
    rmSync(to, { force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Removes what processes left that were killed while they took a lock. */
function sweep(folder: string): void {
  const prefix = `${unfinished}lock-`
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue
    const path = join(folder, name)
    const owner = ownerOf(path)
    // one that says nothing is just being written, or was when its process was killed
    const pid = Number.parseInt(name.slice(prefix.length), 10)
    const dead =
      owner === null ? !isThere({ pid, host: hostname(), started: null }) : !isThere(owner)
    if (dead && (owner !== null || ageOf(path) > oldest)) rmSync(path, { force: true })
  }
}

const oldest = 60_000 // milliseconds that writing a lock may take, on another machine too

function ageOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
}

/** When a process started, in the system's own ticks; null where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null // the 22nd field of proc(5)
  } catch {
    return null
  }
}
