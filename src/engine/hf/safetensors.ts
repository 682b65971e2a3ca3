// Weights on disk: one model.safetensors, or shards named by model.safetensors.index.json. Bytes go straight to where
// the caller wants them, so no file is ever held twice.

import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { DataError } from '../../errors.ts'
import { readJson } from './json.ts'
import {
  firstIssue,
  headerOf,
  type NamedTensor,
  openToRead,
  product,
  readAll,
  readHeader,
  type TensorInfo,
} from './safetensors-header.ts'
import { fromBfloat16, fromFloat16, toBfloat16, type WeightType } from './tensor-types.ts'

export type { NamedTensor, TensorInfo }

/** A tensor that must be there, and where its values go. */
export interface TensorTarget {
  readonly name: string
  readonly shape: readonly number[]
  readonly into: Float32Array
}

const weightsFile = 'model.safetensors'
const indexFile = 'model.safetensors.index.json'
const chunkBytes = 1 << 22

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) })

/** Every tensor of a folder, by name. */
export async function listTensors(folder: string): Promise<ReadonlyMap<string, TensorInfo>> {
  if (folder.endsWith('.safetensors')) return readHeader(folder)
  const entries = new Set(await readFolder(folder))
  if (entries.has(weightsFile)) return readHeader(join(folder, weightsFile))
  if (entries.has(indexFile)) return listShards(folder)
  const other = [...entries].find(name => /\.(bin|pt|pth|gguf)$/.test(name))
  throw new DataError(
    `${folder}: neither ${weightsFile} nor ${indexFile}${other ? `; ${other} is not read, convert it to safetensors` : ''}`,
  )
}

/**
 * Reads the wanted tensors into their targets. A wanted tensor that is missing and a tensor that is neither wanted nor
 * ignored are errors: half a model is no model.
 */
export async function readTensors(
  folder: string,
  wanted: readonly TensorTarget[],
  { ignore = () => false }: { readonly ignore?: (name: string) => boolean } = {},
): Promise<void> {
  const found = await listTensors(folder)
  const names = new Set(wanted.map(target => target.name))
  const missing = wanted.filter(target => !found.has(target.name)).map(target => target.name)
  if (missing.length > 0) throw new DataError(`${folder}: no tensor ${some(missing)}`)
  const unexpected = [...found.keys()].filter(name => !names.has(name) && !ignore(name))
  if (unexpected.length > 0)
    throw new DataError(
      `${folder}: unexpected tensor ${some(unexpected)}; is this the right model?`,
    )
  for (const target of wanted) checkTarget(found.get(target.name)!, target)
  const byFile = groupBy(wanted, target => found.get(target.name)!.file)
  for (const [file, targets] of byFile) {
    const handle = await openToRead(file)
    try {
      for (const target of targets) await readInto(handle, found.get(target.name)!, target.into)
    } finally {
      await handle.close()
    }
  }
}

/** Writes one safetensors file, complete or not at all. */
export async function writeTensors(
  file: string,
  tensors: readonly NamedTensor[],
  dtype: WeightType = 'float32',
): Promise<void> {
  const head = headerOf(tensors, dtype)
  const partial = `${file}.partial`
  try {
    const handle = await open(partial, 'w')
    try {
      await writeAll(handle, head)
      for (const { values } of tensors) await writeValues(handle, values, dtype)
    } finally {
      await handle.close()
    }
    await rename(partial, file)
  } catch (cause) {
    await rm(partial, { force: true })
    throw new DataError(`${file}: cannot be written: ${(cause as Error).message}`, { cause })
  }
}

async function listShards(folder: string): Promise<ReadonlyMap<string, TensorInfo>> {
  const index = join(folder, indexFile)
  const parsed = indexSchema.safeParse(await readJson(index))
  if (!parsed.success) throw new DataError(`${index}: ${firstIssue(parsed.error)}`)
  const out = new Map<string, TensorInfo>()
  const places = Object.entries(parsed.data.weight_map)
  for (const [shard, names] of groupBy(places, place => place[1])) {
    if (basename(shard) !== shard)
      throw new DataError(`${index}: shard ${shard} lies outside the folder; expected a file name`)
    const tensors = await readHeader(join(folder, shard))
    for (const [name] of names) {
      const tensor = tensors.get(name)
      if (!tensor)
        throw new DataError(
          `${join(folder, shard)}: no tensor ${name}, which ${indexFile} promises`,
        )
      out.set(name, tensor)
    }
  }
  return out
}

function checkTarget(found: TensorInfo, { name, shape, into }: TensorTarget): void {
  if (into.length !== product(shape))
    throw new RangeError(`readTensors: ${name}: ${into.length} places for shape [${shape}]`)
  if (found.shape.length !== shape.length || found.shape.some((n, i) => n !== shape[i]))
    throw new DataError(
      `${found.file}: tensor ${name}: shape [${found.shape}]; expected [${shape}]`,
    )
  if (!['F32', 'F16', 'BF16'].includes(found.dtype))
    throw new DataError(
      `${found.file}: tensor ${name}: type ${found.dtype}; expected F32, F16 or BF16`,
    )
}

async function readInto(handle: FileHandle, tensor: TensorInfo, into: Float32Array): Promise<void> {
  const { dtype, start, file } = tensor
  const step = chunkBytes / 4
  const bits = dtype === 'F32' ? null : new Uint16Array(Math.min(step, into.length))
  for (let i = 0; i < into.length; i += step) {
    const part = into.subarray(i, i + step)
    if (bits === null) {
      await readAll(handle, bytesOf(part), start + 4 * i, file)
      continue
    }
    const chunk = bits.subarray(0, part.length)
    await readAll(handle, bytesOf(chunk), start + 2 * i, file)
    if (dtype === 'F16') fromFloat16(chunk, part)
    else fromBfloat16(chunk, part)
  }
}

async function writeValues(
  handle: FileHandle,
  values: Float32Array,
  dtype: WeightType,
): Promise<void> {
  const step = chunkBytes / 4
  const bits = new Uint16Array(dtype === 'float32' ? 0 : Math.min(step, values.length))
  for (let i = 0; i < values.length; i += step) {
    const part = values.subarray(i, i + step)
    const chunk = bits.subarray(0, part.length)
    if (dtype === 'bfloat16') toBfloat16(part, chunk)
    await writeAll(handle, bytesOf(dtype === 'bfloat16' ? chunk : part))
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0
  while (done < bytes.length) done += (await handle.write(bytes, done)).bytesWritten
}

function bytesOf(view: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

async function readFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    throw new DataError(`${folder}: cannot be read: ${(cause as Error).message}`, { cause })
  }
}

function some(names: readonly string[]): string {
  const rest = names.length - 3
  return names.slice(0, 3).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const out = new Map<string, T[]>()
  for (const item of items) {
    const group = out.get(key(item))
    if (group) group.push(item)
    else out.set(key(item), [item])
  }
  return out
}
