// The model beneath an adapter, where it is named as on the Hub: as PEFT names it, with its commit beside the name.

import { existsSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { readText } from '../data/plain-file.ts'
import { type HubName, hubName, isCommit } from './name.ts'

const adapterConfig = z.looseObject({
  base_model_name_or_path: z.string(),
  revision: z.string().nullish(),
})

/**
 * The name on the Hub of the base of the adapter in a folder; null where there is no adapter, or its base is a path that
 * exists. What is wrong with the folder is for whoever opens it to say.
 */
export function hubBase(folder: string): HubName | null {
  const file = join(folder, 'adapter_config.json')
  if (!existsSync(file) || existsSync(join(folder, 'config.json'))) return null
  const found = adapterConfig.safeParse(jsonOf(file))
  if (!found.success) return null
  const { base_model_name_or_path: named, revision } = found.data
  if ([resolve(folder, named), resolve(named)].some(existsSync)) return null
  const name = hubName(named)
  return name === null || !revision ? name : { ...name, revision }
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readText(file))
  } catch {
    return null
  }
}

/** How an adapter names its base, which lies at a path: by its name on the Hub and its commit where that is its cache. */
export function baseEntry(path: string | null): {
  readonly base_model_name_or_path: string | null
  readonly revision: string | null
} {
  const [storage = '', snapshots, commit = '', ...more] = (path ?? '').split(sep).slice(-3)
  const [, org, model] = /^models--(.+?)--(.+)$/.exec(storage) ?? []
  const name = hubName(`${org}/${model}`)
  const isThere = org !== undefined && snapshots === 'snapshots' && isCommit(commit)
  return isThere && more.length === 0 && name !== null
    ? { base_model_name_or_path: name.repo, revision: commit }
    : { base_model_name_or_path: path, revision: null }
}
