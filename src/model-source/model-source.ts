// What a path to a model may be: a folder in the Hugging Face layout, or a GGUF file or an adapter's folder, which then
// look like the folder that they stand for. Whoever reads a model asks for the folder's files and never for what the path is.

import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { boundedFile } from '../data/bounded-file.ts'
import { DataError } from '../errors.ts'
import { type AdapterPlace, adapterConfigFile, adapterPlace, ownFile } from './adapter.ts'
import { filesOf } from './gguf/files.ts'
import { type GgufHeader, readGguf } from './gguf/header.ts'

/** A model's files by their names in the Hugging Face layout. */
export interface ModelSource {
  /** Files that there are; of a GGUF file those that its header stands for. */
  names(): Promise<readonly string[]>
  /** A file's bytes; null where there is none. A DataError where it cannot be read. */
  bytes(name: string): Promise<Uint8Array | null>
  /** How errors name a file. */
  where(name: string): string
  /** Where the weights lie, when they are not in safetensors files. */
  readonly gguf: GgufHeader | null
  /** Whose weights are to be added to those of a base; null where all of them lie here. */
  readonly adapter: AdapterPlace | null
}

/**
 * The model at a path: a Hugging Face folder, an adapter's folder or a GGUF file. Anything else, and a damaged file, is a
 * DataError.
 */
export async function modelSource(path: string): Promise<ModelSource> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null
    throw new DataError(`${path}: cannot be read: ${cause.message}`, { cause })
  })
  if (found === null) return folderSource(path)
  if (found.isDirectory()) return (await isAdapter(path)) ? adapterSource(path) : folderSource(path)
  const header = await readGguf(path)
  return ggufSource(header)
}

/** Whether a model lies at a path, as far as names tell. */
export async function isModel(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  if (found === null) return false
  return found.isFile() || (await modelSource(path).then(hasConfig))
}

async function isAdapter(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => [])
  return names.includes(adapterConfigFile) && !names.includes('config.json')
}

async function adapterSource(folder: string): Promise<ModelSource> {
  const adapter = await adapterPlace(folder)
  const base = await modelSource(adapter.base)
  return {
    gguf: null,
    adapter,
    where: name => base.where(name),
    names: async () => [...new Set([...(await base.names()), ...(await readdir(folder))])],
    bytes: async name => (await ownFile(folder, name)) ?? (await base.bytes(name)),
  }
}

async function hasConfig(source: ModelSource): Promise<boolean> {
  return (await source.names()).includes('config.json')
}

/** A file of a model as JSON; null where there is none. One that is not JSON is a DataError. */
export async function jsonOf(source: ModelSource, name: string): Promise<unknown> {
  const text = await textOf(source, name)
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DataError(`${source.where(name)}: not JSON: ${(cause as Error).message}`, { cause })
  }
}

/** A file of a model as text; null where there is none. */
export async function textOf(source: ModelSource, name: string): Promise<string | null> {
  const bytes = await source.bytes(name)
  return bytes === null ? null : new TextDecoder().decode(bytes)
}

function folderSource(folder: string): ModelSource {
  return {
    gguf: null,
    adapter: null,
    where: name => join(folder, name),
    names: async () => {
      try {
        return await readdir(folder)
      } catch (cause) {
        throw new DataError(`${folder}: cannot be read: ${(cause as Error).message}`, { cause })
      }
    },
    bytes: name => boundedFile(join(folder, name)),
  }
}

function ggufSource(header: GgufHeader): ModelSource {
  const files = filesOf(header)
  return {
    gguf: header,
    adapter: null,
    where: name => `${header.file} (as ${basename(name)})`,
    names: async () => [...files.keys()],
    bytes: async name => {
      const content = files.get(name)?.()
      return content === undefined ? null : new TextEncoder().encode(content)
    },
  }
}
