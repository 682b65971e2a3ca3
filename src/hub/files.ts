// Which files of a repository make a model here: its configuration, its tokenizer, its weights as safetensors.

import { z } from 'zod'
import { ConfigError, DataError } from '../errors.ts'
import type { HubFile } from './client.ts'
import { isInside } from './name.ts'

export const weightsFile = 'model.safetensors'
export const indexFile = 'model.safetensors.index.json'

export const adapterFile = 'adapter_model.safetensors'

const small: ReadonlySet<string> = new Set([
  'adapter_config.json',
  'added_tokens.json',
  'chat_template.jinja',
  'chat_template.json',
  'minform_prompt.json',
  'config.json',
  'generation_config.json',
  'merges.txt',
  'special_tokens_map.json',
  'tokenizer.json',
  'tokenizer.model',
  'tokenizer_config.json',
  'vocab.json',
])
const weights = /\.(safetensors|gguf|bin|pth?|onnx|h5|msgpack)$/

/**
 * The files to fetch first: all but the weights, and last the index of the weights or the only file of them. Throws
 * ConfigError, with what there is, where the repository holds no model that can be read here.
 */
export function firstFiles(repo: string, files: readonly HubFile[]): readonly HubFile[] {
  const named = new Map(files.map(file => [file.path, file]))
  const isModel = named.has('config.json')
  const isAdapter = !isModel && named.has('adapter_config.json')
  const tensors = isAdapter
    ? named.get(adapterFile)
    : (named.get(weightsFile) ?? named.get(indexFile))
  const missing = isAdapter ? adapterFile : isModel ? weightsFile : 'config.json'
  if (tensors === undefined || !(isModel || isAdapter)) throw unreadable(repo, files, missing)
  // Code of the model's authors is never run here; a copy of the model that is saved needs it.
  const code = (path: string): boolean => /^[^/]+\.py$/.test(path)
  return [...files.filter(({ path }) => small.has(path) || code(path)), tensors]
}

/** The files of a model but its weights. Throws ConfigError where the repository says of no model what it is. */
export function smallFiles(repo: string, files: readonly HubFile[]): readonly HubFile[] {
  const found = files.filter(({ path }) => small.has(path))
  if (found.some(({ path }) => path === 'config.json')) return found
  throw unreadable(repo, files, 'config.json')
}

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) })

/** The files that an index names, once each. Throws DataError where it is none, or names what is no file beside it. */
export function shardNames(text: string, where: string): readonly string[] {
  try {
    const names = [...new Set(Object.values(indexSchema.parse(JSON.parse(text)).weight_map))]
    if (names.length > 0 && names.every(isInside)) return names
  } catch {} // said below
  throw new DataError(
    `${where}: not an index of weights; expected weight_map, a file of each tensor`,
  )
}

/** The shards of an index, as the repository has them. */
export function shards(text: string, repo: string, files: readonly HubFile[]): readonly HubFile[] {
  return shardNames(text, `${repo}: ${indexFile}`).map(name => {
    const found = files.find(({ path }) => path === name)
    if (found === undefined) throw new DataError(`${repo}: ${indexFile} names ${name}, not there`)
    return found
  })
}

/** The one file that was asked for. */
export function oneFile(repo: string, file: string, files: readonly HubFile[]): HubFile {
  const found = files.find(({ path }) => path === file)
  if (found !== undefined) return found
  throw new ConfigError(`${repo} has no file ${file}; there ${listed(files)}`)
}

function unreadable(repo: string, files: readonly HubFile[], missing: string): ConfigError {
  const paths = files.map(({ path }) => path)
  const gguf = paths.find(path => path.endsWith('.gguf'))
  const cure = (): string => {
    if (gguf !== undefined) return `; one of its GGUF files is named ${repo}:${gguf}`
    if (paths.some(path => /\.(bin|pth?)$/.test(path)))
      return '; weights that were pickled are not read: ask for, or make, a copy as safetensors'
    return ''
  }
  return new ConfigError(`${repo} has no ${missing}; there ${listed(files)}${cure()}`)
}

/** What a repository holds, weights first, and not all of a long list. */
function listed(files: readonly HubFile[]): string {
  const paths = files.map(({ path }) => path)
  const sorted = [...paths.filter(p => weights.test(p)), ...paths.filter(p => !weights.test(p))]
  const most = 12
  const more = sorted.length > most ? ` and ${sorted.length - most} more` : ''
  return sorted.length === 0 ? 'is nothing' : `is ${sorted.slice(0, most).join(', ')}${more}`
}
