// Files that others may have made are opened here and nowhere else. Where a named pipe stands in the place of a file, opening it
// waits for somebody who writes, deaf to signals, and a device may never end: both are refused by name.

import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  openSync,
  readFileSync,
  type Stats,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { DataError } from '../errors.ts'

const flags = constants.O_RDONLY | constants.O_NONBLOCK // a pipe is opened at once

/** A file opened for reading. Throws DataError where it is none, and what the system says where it cannot be opened. */
export async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path, flags).catch(error => {
    throw notOpened(path, error)
  })
  try {
    checkKind(path, await file.stat())
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** As openFile, at once: a descriptor. */
export function openFileSync(path: string): number {
  let file: number
  try {
    file = openSync(path, flags)
  } catch (error) {
    throw notOpened(path, error as NodeJS.ErrnoException)
  }
  try {
    checkKind(path, fstatSync(file))
    return file
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/** What a file holds. Throws as openFile. */
export function readBytes(path: string): Buffer {
  const file = openFileSync(path)
  try {
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

/** The text of a file. Throws as openFile. */
export function readText(path: string): string {
  return readBytes(path).toString('utf8')
}

/** The bytes of a file as they are asked for. Throws as openFile, before the first of them. */
export async function streamOf(path: string): Promise<Readable> {
  return createReadStream(path, { fd: openFileSync(path) })
}

/** Throws as openFile where a library could not open a path as a file. */
export async function checkFile(path: string): Promise<void> {
  await (await openFile(path)).close()
}

/** What a path of this process's own descriptors holds, `/dev/stdin` or `<(...)` of a shell: nothing of it has to be waited for to open. */
export function inheritedStream(path: string): Readable | null {
  return /^\/(?:dev\/(?:stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/.test(path)
    ? createReadStream(path)
    : null
}

/** Throws where what was opened is no file; a folder is left to whoever reads it: the system says that it is one. */
function checkKind(path: string, found: Stats): void {
  const kind = found.isFIFO() ? 'a named pipe' : found.isSocket() ? 'a socket' : 'a device'
  if (!found.isFile() && !found.isDirectory()) throw refused(path, kind)
}

function notOpened(path: string, error: NodeJS.ErrnoException): Error {
  return error.code === 'ENXIO' ? refused(path, 'a socket or a device') : error
}

function refused(path: string, kind: string): DataError {
  return new DataError(`${path}: it is ${kind}; expected a file`)
}
