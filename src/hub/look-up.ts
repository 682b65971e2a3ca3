// Whether a model can be had, without fetching it.

import { existsSync } from 'node:fs'
import { ConfigError } from '../errors.ts'
import { cached } from './cache.ts'
import { commitOf, filesOf } from './client.ts'
import { firstFiles, indexFile, oneFile } from './files.ts'
import { connectionOf, type FindOptions, findModel } from './find-model.ts'
import { hubName, isCommit, written } from './name.ts'

/** A model that is here, or how many bytes the Hub would send. */
export type LookedUp =
  | { readonly path: string; readonly bytes: 0 }
  | { readonly path: null; readonly bytes: number }

/** Looks for what a text names, as findModel does, and throws as it does where there is no such model. */
export async function lookUpModel(named: string, options: FindOptions = {}): Promise<LookedUp> {
  const name = existsSync(named) ? null : hubName(named)
  if (name === null) return { path: (await findModel(named, options)).path, bytes: 0 }
  const connection = connectionOf(options)
  const there = cached(connection.cache, name)
  if (there !== null) return { path: there.path, bytes: 0 }
  if (connection.offline)
    throw new ConfigError(`HF_HUB_OFFLINE is set, and ${written(name)} is not in the cache`)
  const { repo, revision, file } = name
  const commit = isCommit(revision) ? revision : await commitOf(name, connection)
  const files = await filesOf(name, commit, connection, file?.includes('/') === true)
  const first = file === null ? firstFiles(repo, files) : [oneFile(repo, file, files)]
  const isIndexed = first.some(({ path }) => path === indexFile)
  const shards = files.filter(
    ({ path }) => isIndexed && /^model-\d+-of-\d+\.safetensors$/.test(path),
  )
  return { path: null, bytes: [...first, ...shards].reduce((sum, { size }) => sum + size, 0) }
}
