// One file of a commit into the cache: continued where it was cut off, by this process or by one before it, and checked
// against the sum that the Hub names before it takes its place.

import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { streamOf } from '../data/plain-file.ts'
import { DataError, EngineError, RunError } from '../errors.ts'
import { lockFile } from '../runs/lock.ts'
import { isThere, link, locksOf, snapshotOf, storageOf } from './cache.ts'
import { bytesOf, type HubFile } from './client.ts'
import { type HubName, written } from './name.ts'
import { type Answered, type Connection, Passing, persistently } from './request.ts'

/** What a file is fetched for. */
export interface Wanted {
  readonly name: HubName
  readonly commit: string
  readonly file: HubFile
}

/** Told the bytes of the file that are there, as they come. */
export type OnBytes = (done: number) => void

/**
 * Sees that a file of a commit is in the cache. Throws DataError where the bytes are not those that the Hub promised, or
 * EngineError where they cannot be had or kept; what came so far is continued the next time.
 */
export async function fetchFile(
  wanted: Wanted,
  connection: Connection,
  onBytes: OnBytes,
): Promise<void> {
  const { name, commit, file } = wanted
  const storage = storageOf(connection.cache, name)
  const pointer = join(snapshotOf(storage, commit), file.path)
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(file.oid))
    throw new EngineError(`${whatOf(wanted)}: the Hub names no sum to check it by`)
  const blob = join(storage, 'blobs', file.oid)
  if (!(await isThere(pointer, file.size))) {
    const unlock = (await isThere(blob, file.size)) ? () => {} : await locked(wanted, connection)
    try {
      if (!(await isThere(blob, file.size))) await fetchBlob(wanted, blob, connection, onBytes)
      await link(blob, pointer)
    } finally {
      unlock()
    }
  }
}

/** Waits until no other process fetches the same file; what a process left that died is taken over. */
async function locked(
  { name, file }: Wanted,
  { cache, signal, say }: Connection,
): Promise<() => void> {
  const folder = locksOf(cache, name)
  await mkdir(folder, { recursive: true })
  // huggingface_hub holds <sum>.lock by flock, which Node lacks: each has its own lock and its own unfinished file,
  // and the renames at the end put the same bytes into the same place.
  const lock = join(folder, `${file.oid}.minform.lock`)
  for (let waits = 0; ; waits++) {
    try {
      return lockFile(lock, `${name.repo}: ${file.path}`)
    } catch (cause) {
      if (!(cause instanceof RunError)) throw cause
      if (waits === 0) say(`${cause.message}; waiting for it`)
      await sleep(200, undefined, signal && { signal })
    }
  }
}

async function fetchBlob(
  wanted: Wanted,
  blob: string,
  connection: Connection,
  onBytes: OnBytes,
): Promise<void> {
  await mkdir(dirname(blob), { recursive: true })
  const unfinished = unfinishedOf(blob)
  for (let wrong = 0; ; wrong++) {
    const handle = await open(unfinished, 'a+') // every write goes to the end
    try {
      const part = await partOf(handle, unfinished, wanted.file)
      await persistently(connection, progressed => {
        const got: OnBytes = done => {
          progressed()
          onBytes(done)
        }
        return fill(part, wanted, connection, got)
      })
      const sum = part.hash.digest('hex')
      if (sum === wanted.file.oid) {
        await handle.sync()
        break
      }
      await handle.truncate(0)
      if (wrong > 0) {
        await rm(unfinished)
        throw wrongBytes(wanted, sum)
      }
    } finally {
      await handle.close()
    }
  }
  await rename(unfinished, blob)
}

/** What is there of a file. */
interface Part {
  readonly handle: FileHandle
  size: number // bytes
  hash: Hash // of them
}

async function partOf(handle: FileHandle, path: string, file: HubFile): Promise<Part> {
  const part = { handle, size: (await handle.stat()).size, hash: hashFor(file) }
  if (part.size > file.size) await restart(part, file)
  else if (part.size > 0) for await (const chunk of await streamOf(path)) part.hash.update(chunk)
  return part
}

async function restart(part: Part, file: HubFile): Promise<void> {
  await part.handle.truncate(0)
  part.size = 0
  part.hash = hashFor(file)
}

/** SHA-256 of a large file's bytes; of a small one's what git names it by: SHA-1 of its length and its bytes. */
function hashFor({ oid, size }: HubFile): Hash {
  return oid.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`)
}

/** Adds what is missing, in one attempt. */
async function fill(
  part: Part,
  wanted: Wanted,
  connection: Connection,
  onBytes: OnBytes,
): Promise<void> {
  const { name, commit, file } = wanted
  if (part.size === file.size) return
  const answered = await bytesOf(name, commit, file, part.size, connection)
  await follow(part, wanted, answered)
  for await (const chunk of answered.body()) {
    if (part.size + chunk.length > file.size) throw wrongSize(wanted, 'more')
    await append(part.handle, chunk, wanted)
    part.hash.update(chunk)
    part.size += chunk.length
    onBytes(part.size)
  }
  if (part.size < file.size)
    throw new Passing(`${whatOf(wanted)}: ended after ${part.size} of ${file.size} bytes`)
}

/** Sees that what the server sends follows what is there; begins anew where it does not. */
async function follow(part: Part, wanted: Wanted, { response, drop }: Answered): Promise<void> {
  const { file } = wanted
  const { status, headers } = response
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? []
  const whole = status === 206 ? total : headers.get('content-length')
  if (status !== 416 && whole != null && Number(whole) !== file.size) {
    await drop()
    throw wrongSize(wanted, whole)
  }
  if (status === 200 && part.size > 0) await restart(part, file)
  if (status === 416 || (status === 206 && Number(from) !== part.size)) {
    await drop()
    await restart(part, file)
    throw new Passing(`${whatOf(wanted)}: the server did not continue where it was cut off`)
  }
}

async function append(handle: FileHandle, chunk: Uint8Array, wanted: Wanted): Promise<void> {
  try {
    await handle.writeFile(chunk)
  } catch (cause) {
    const { message } = cause as Error
    throw new EngineError(
      `${whatOf(wanted)}: cannot be written: ${message}; make room and run it again, it goes on from here`,
      { cause },
    )
  }
}

/** Throws EngineError where the disk of the cache has no room for what is still to come of all these files. */
export async function requireSpace(all: readonly Wanted[], { cache }: Connection): Promise<void> {
  await mkdir(cache, { recursive: true })
  const { bavail, bsize } = await statfs(cache)
  const [needed, free] = [await toCome(all, cache), bavail * bsize]
  if (needed <= free) return
  throw new EngineError(
    `${written(all[0]!.name)}: ${megabytes(needed)} MB to come, ${megabytes(free)} MB free at ${cache}; HF_HOME names another place`,
  )
}

async function toCome(all: readonly Wanted[], cache: string): Promise<number> {
  let bytes = 0
  for (const { name, file } of all) {
    const blob = join(storageOf(cache, name), 'blobs', file.oid)
    const there = [blob, unfinishedOf(blob)].map(path => stat(path).catch(() => null))
    const [whole, part] = await Promise.all(there)
    bytes += whole === null ? Math.max(0, file.size - (part?.size ?? 0)) : 0
  }
  return bytes
}

function unfinishedOf(blob: string): string {
  return `${blob}.minform.incomplete`
}

function wrongSize(wanted: Wanted, found: string): DataError {
  const { size } = wanted.file
  return new DataError(`${whatOf(wanted)}: ${found} bytes came; the Hub says ${size}; try again`)
}

function wrongBytes(wanted: Wanted, sum: string): DataError {
  const { oid } = wanted.file
  return new DataError(
    `${whatOf(wanted)}: twice other bytes came than the Hub says (sum ${sum}, expected ${oid}); nothing of it is kept`,
  )
}

function whatOf({ name, file }: Wanted): string {
  return `${written({ ...name, file: null })}: ${file.path}`
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)
}
