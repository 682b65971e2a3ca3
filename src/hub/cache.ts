// The cache as huggingface_hub lays it out: models--org--name/ with blobs/ named by their sums, snapshots/COMMIT/ of links
// to them, and refs/ that tell the commit of a branch. What is in it is whole: it was written elsewhere and renamed.

import { existsSync } from 'node:fs'
import { copyFile, mkdir, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { readText } from '../data/plain-file.ts'
import { adapterFile, indexFile, shardNames, weightsFile } from './files.ts'
import { type HubName, isCommit } from './name.ts'

/** The folder of a repository. */
export function storageOf(cache: string, { repo }: Pick<HubName, 'repo'>): string {
  return join(cache, folderName(repo))
}

/** Where the locks of a repository lie. */
export function locksOf(cache: string, { repo }: Pick<HubName, 'repo'>): string {
  return join(cache, '.locks', folderName(repo))
}

function folderName(repo: string): string {
  return `models--${repo.replace('/', '--')}`
}

/** Where a commit's files are found. */
export function snapshotOf(storage: string, commit: string): string {
  return join(storage, 'snapshots', commit)
}

/** A model in the cache. */
export interface Cached {
  readonly commit: string
  readonly path: string // the snapshot, or the file of it that was named
  readonly tokenizer: boolean // whether it is there too
}

/** What the cache holds of a name; null where a file is missing without which no model, or none but its weights, can be read. */
export function cached(cache: string, name: HubName, weights = true): Cached | null {
  const storage = storageOf(cache, name)
  const commit = isCommit(name.revision) ? name.revision : refOf(storage, name.revision)
  if (commit === null) return null
  const snapshot = snapshotOf(storage, commit)
  const has = (file: string): boolean => existsSync(join(snapshot, file))
  if (name.file !== null)
    return has(name.file) ? { commit, path: join(snapshot, name.file), tokenizer: true } : null
  const whole = !weights || has(weightsFile) || shardsOf(snapshot).every(has)
  const isModel = has('config.json') && whole
  const isAdapter = !has('config.json') && has('adapter_config.json') && has(adapterFile)
  if (!isModel && !isAdapter) return null
  return { commit, path: snapshot, tokenizer: has('tokenizer.json') }
}

/** The shards that a snapshot's index names; the index itself where there is none. */
function shardsOf(snapshot: string): readonly string[] {
  const file = join(snapshot, indexFile)
  try {
    return shardNames(readText(file), file)
  } catch {
    return [indexFile]
  }
}

function refOf(storage: string, revision: string): string | null {
  try {
    const commit = readText(join(storage, 'refs', revision)).trim()
    return isCommit(commit) ? commit : null
  } catch {
    return null
  }
}

/** Whether it is written down which commit a branch or tag is. */
export function hasRef(storage: string, revision: string): boolean {
  return refOf(storage, revision) !== null
}

/** Writes down which commit a branch or tag is; a commit needs no such note. */
export async function writeRef(storage: string, revision: string, commit: string): Promise<void> {
  if (revision === commit || refOf(storage, revision) === commit) return
  const file = join(storage, 'refs', revision)
  await mkdir(dirname(file), { recursive: true })
  await replacing(file, temporary => writeFile(temporary, commit))
}

/** Whether a file of that size is there; a link is followed. */
export async function isThere(file: string, size: number): Promise<boolean> {
  const found = await stat(file).catch(() => null)
  return found?.isFile() === true && found.size === size
}

/** Makes a blob a file of the snapshot: by a relative link, so that the cache can be moved, or as a copy. */
export async function link(blob: string, file: string): Promise<void> {
  const target = relative(dirname(file), blob)
  if ((await readlink(file).catch(() => null)) === target) return
  await mkdir(dirname(file), { recursive: true })
  await replacing(file, temporary =>
    symlink(target, temporary).catch(() => copyFile(blob, temporary)),
  )
}

let count = 0

async function replacing(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${file}.${process.pid}-${count++}.incomplete`
  try {
    await write(temporary)
    await rename(temporary, file)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw cause
  }
}
