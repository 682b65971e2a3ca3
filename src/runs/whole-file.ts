// Files that are whole or not there: written elsewhere first, then renamed.
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
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
    if (durable) syncFolder(dirname(file))
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

/** Makes what was made or renamed in a folder last; where a system cannot, it lasts a little later. */
export function syncFolder(folder: string): void {
  let descriptor: number | null = null
  try {
    descriptor = openSync(folder, 'r')
    fsyncSync(descriptor)
  } catch {
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}

/** Returns once everything in a folder is on disk. */
export function waitForFolder(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) waitForFolder(path)
    else if (entry.isFile()) waitForDisk(path)
  }
  syncFolder(folder)
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
