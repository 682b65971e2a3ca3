// Files that are whole or not there: written elsewhere first, then renamed.
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { MinformError, RunError } from '../errors.ts'
import { unfinished } from './layout.ts'

/** What to do about a file that cannot be written. */
export const freeSpace = 'see that the disk has space and that the folder is still there'

/** Writes a file, or replaces it, all or not at all. Throws RunError where that fails, as on a full disk. */
export function writeWhole(file: string, content: string | Uint8Array, { durable = false } = {}) {
  boundary(`cannot write ${file}`, freeSpace, () => {
    const temporary = join(dirname(file), unfinished + basename(file))
    writeFileSync(temporary, content)
    if (durable) waitForDisk(temporary)
    renameSync(temporary, file)
  })
}

/** Returns once a file's content is on disk and not only handed to the system. */
export function waitForDisk(file: string): void {
  const descriptor = openSync(file, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes a RunError of what `act` throws: what could not be done, why, and what to do. */
export function boundary<T>(what: string, todo: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    if (cause instanceof MinformError) throw cause
    throw new RunError(`${what}: ${(cause as Error).message}; ${todo}`, { cause })
  }
}
