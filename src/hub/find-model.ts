// A model by its name: a folder or a file that is there, else a model of the Hub, fetched into the cache that Python uses.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from '../data/plain-file.ts'
import { ConfigError, DataError, EngineError, MinformError } from '../errors.ts'
import { hubBase } from './adapter-base.ts'
import { cached, hasRef, snapshotOf, storageOf, writeRef } from './cache.ts'
import { commitOf, filesOf, type HubFile } from './client.ts'
import { fetchFile, requireSpace } from './download.ts'
import { firstFiles, indexFile, oneFile, shards, smallFiles } from './files.ts'
import { type HubName, hubName, isCommit, written } from './name.ts'
import { type Connection, hostOf, type Patience, patience, Unreachable } from './request.ts'
import { type Environment, hubSettings } from './settings.ts'

/** A model that is on this machine. */
export interface FoundModel {
  readonly path: string // a Hugging Face folder, or a GGUF file
  readonly name: string // finds the same again: the path, or org/name@COMMIT
}

/** How far a download is, over all files that are known to be needed, those counted that were there before. */
export interface Downloading {
  readonly name: string
  readonly file: string // under way
  readonly done: number // bytes
  readonly total: number
}

export interface FindOptions extends Partial<Patience> {
  /** Whether its weights are needed too; without them it is its configuration and tokenizer. Default true. */
  readonly weights?: boolean
  readonly onProgress?: (downloading: Downloading) => void
  /** Told what a user should know, in one line: that a copy is taken since the Hub cannot be reached. */
  readonly say?: (line: string) => void
  readonly signal?: AbortSignal
  readonly env?: Environment // HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE; default the process's
}

/**
 * The model that a text names: a path, or `org/name[@revision][:FILE.gguf]` of the Hub. A path that exists is never asked
 * for there; an adapter's base is found too. Throws ConfigError where there is no such model or it may not be had, EngineError where the Hub cannot be
 * reached, DataError where what came is not what was promised.
 */
export async function findModel(named: string, options: FindOptions = {}): Promise<FoundModel> {
  const found = await findAlone(named, options)
  const base = hubBase(found.path)
  if (base !== null) await explained(`${named} is an adapter of ${base.repo}`, onHub(base, options))
  return found
}

async function findAlone(named: string, options: FindOptions): Promise<FoundModel> {
  if (existsSync(named)) return { path: named, name: named }
  const name = hubName(named)
  if (name === null)
    throw new ConfigError(
      `there is no folder or file ${named || "''"}, nor is that a name on the Hub, org/name or org/name@revision`,
    )
  return explained(`there is no folder ${named}`, onHub(name, options))
}

/** The errors of looking on the Hub, with why that was done. */
async function explained(why: string, looking: Promise<FoundModel>): Promise<FoundModel> {
  try {
    return await looking
  } catch (cause) {
    const kinds = [ConfigError, DataError, EngineError]
    const Kind = kinds.find(kind => cause instanceof kind)
    if (Kind === undefined) throw cause
    throw new Kind(`${why}; ${(cause as MinformError).message}`, { cause })
  }
}

/** What requests are made with. */
export function connectionOf(options: FindOptions): Connection {
  return { ...patience, say: () => {}, ...options, ...hubSettings(options.env) }
}

async function onHub(name: HubName, options: FindOptions): Promise<FoundModel> {
  const connection = connectionOf(options)
  const { cache, offline, endpoint, say } = connection
  const there = cached(cache, name, options.weights)
  if (there !== null) {
    const found = { path: there.path, name: written({ ...name, revision: there.commit }) }
    if (offline || (isCommit(name.revision) && there.tokenizer)) return found
    try {
      return await fetched(name, connection, options)
    } catch (cause) {
      if (!(cause instanceof Unreachable)) throw cause
      say(`${cause.message}; ${written(name)} is taken from the cache, as of ${there.commit}`)
      return found
    }
  }
  if (offline)
    throw new ConfigError(
      `HF_HUB_OFFLINE is set, and ${written(name)} is not, or not all of it, in the cache ${cache}`,
    )
  return fetched(name, connection, options).catch(cause => {
    if (!(cause instanceof Unreachable)) throw cause
    throw new EngineError(
      `${written(name)} cannot be fetched from ${hostOf(endpoint)}: ${cause.message}. Connect, name another host in ` +
        'HF_ENDPOINT, or give a folder that holds the model; HF_HUB_OFFLINE=1 uses the cache alone',
      { cause },
    )
  })
}

async function fetched(
  name: HubName,
  connection: Connection,
  { onProgress = () => {}, weights = true }: FindOptions,
): Promise<FoundModel> {
  const { repo, revision, file } = name
  const commit = isCommit(revision) ? revision : await commitOf(name, connection)
  const files = await filesOf(name, commit, connection, file?.includes('/') === true)
  const storage = storageOf(connection.cache, name)
  const snapshot = snapshotOf(storage, commit)
  let [done, total] = [0, 0]
  const fetchAll = async (wanted: readonly HubFile[]): Promise<void> => {
    total += wanted.reduce((sum, { size }) => sum + size, 0)
    await requireSpace(
      wanted.map(file => ({ name, commit, file })),
      connection,
    )
    for (const file of wanted) {
      const tell = (bytes: number): void =>
        onProgress({ name: written(name), file: file.path, done: done + bytes, total })
      await fetchFile({ name, commit, file }, connection, tell)
      done += file.size
    }
  }
  try {
    if (file !== null) await fetchAll([oneFile(repo, file, files)])
    else {
      const first = weights ? firstFiles(repo, files) : smallFiles(repo, files)
      await fetchAll(first)
      if (first.at(-1)?.path === indexFile)
        await fetchAll(shards(readText(join(snapshot, indexFile)), repo, files))
    }
    // Last: until all of it is there, the branch stays what it was, for whoever needs the weights.
    if (weights || !hasRef(storage, revision)) await writeRef(storage, revision, commit)
  } catch (cause) {
    if (cause instanceof MinformError || !isSystemError(cause)) throw cause
    throw new EngineError(
      `the cache ${connection.cache} cannot be written: ${cause.message}; HF_HOME names another place`,
      { cause },
    )
  }
  return {
    path: file === null ? snapshot : join(snapshot, file),
    name: written({ ...name, revision: commit }),
  }
}

function isSystemError(cause: unknown): cause is Error {
  return cause instanceof Error && typeof (cause as NodeJS.ErrnoException).syscall === 'string'
}
