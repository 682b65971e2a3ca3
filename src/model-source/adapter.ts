// An adapter's folder, as PEFT saves it, looks like the model that it makes of its base: the base's files, and its own
// where it has them. Only whoever reads weights asks for what lies beneath.

import { existsSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import { boundedFile } from '../data/bounded-file.ts'
import { DataError } from '../errors.ts'
import { hubBase } from '../hub/adapter-base.ts'
import { cached } from '../hub/cache.ts'
import { hubSettings } from '../hub/settings.ts'
import { parseJson, readJson } from './json.ts'

/** The file that makes a folder an adapter's. */
export const adapterConfigFile = 'adapter_config.json'

/** Where an adapter's parts lie. */
export interface AdapterPlace {
  readonly folder: string
  readonly base: string // a path
}

const schema = z.looseObject({ base_model_name_or_path: z.string().min(1).nullish() })

/** What an adapter's folder says of its base. Throws DataError where it names none that is on this machine. */
export async function adapterPlace(folder: string): Promise<AdapterPlace> {
  const file = join(folder, adapterConfigFile)
  const { base_model_name_or_path: named } = parseJson(file, schema, await readJson(file))
  const expected = 'expected the path of the model that the adapter was made for'
  if (named === null || named === undefined)
    throw new DataError(`${file}: no base_model_name_or_path; ${expected}`)
  const beside = isAbsolute(named) ? [named] : [resolve(folder, named), resolve(named)]
  const base = beside.find(existsSync) ?? inCache(folder)
  if (base === undefined)
    throw new DataError(`${file}: the base ${named} is not on this machine; ${expected}`)
  if (resolve(base) === resolve(folder))
    throw new DataError(`${file}: names its own folder as the base; ${expected}`)
  return { folder, base }
}

/** Where the cache of the Hub has the base of an adapter. */
function inCache(folder: string): string | undefined {
  const name = hubBase(folder)
  return name === null ? undefined : cached(hubSettings().cache, name, false)?.path
}

/** A file of an adapter's own folder; null where it has none of that name. */
export function ownFile(folder: string, name: string): Promise<Uint8Array | null> {
  return boundedFile(join(folder, name))
}
