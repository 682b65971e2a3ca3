// Weights on disk: one model.safetensors, or shards named by model.safetensors.index.json. Bytes go straight to where
// the caller wants them, so no file is ever held twice.

import { type FileHandle, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { DataError, MinformError } from '../../errors.ts'
import { parseJson, readJson } from '../../model-source/json.ts'
import { modelSource } from '../../model-source/model-source.ts'
import { blockFormats } from '../gguf/dequantise.ts'
import { ggufTensors, turnBack } from '../gguf/tensors.ts'
import { writeDurably } from './replace-files.ts'
import {
  headerOf,
  type NamedTensor,
  openToRead,
  product,
  type Readable,
  readAll,
  readHeader,
  type TensorInfo,
} from './safetensors-header.ts'
import {
  firstInfinite,
  firstNotFinite,
  toBfloat16,
  toFloat16,
  type WeightType,
} from './tensor-types.ts'

export type { NamedTensor, TensorInfo }

/** A tensor to read, and where its values go. */
export interface TensorTarget extends TensorShape {
  readonly into: Float32Array
}

const weightsFile = 'model.safetensors'
const indexFile = 'model.safetensors.index.json'
const step = 1 << 20 // numbers read or written at a time

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) })

/** Every tensor of a model folder, a GGUF file or a safetensors file, by name. */
export async function listTensors(folder: string): Promise<ReadonlyMap<string, TensorInfo>> {
  if (/\.(safetensors|state)$/.test(folder)) return readHeader(folder) // a file, not a folder
  const { gguf } = await modelSource(folder)
  if (gguf !== null) return ggufTensors(gguf)
  const entries = new Set(await readFolder(folder))
  if (entries.has(weightsFile)) return readHeader(join(folder, weightsFile))
  if (entries.has(indexFile)) return listShards(folder)
  const other = [...entries].find(name => /\.(bin|pt|pth)$/.test(name))
  throw new DataError(
    `${folder}: neither ${weightsFile} nor ${indexFile}${other ? `; ${other} is not read, convert it to safetensors` : ''}`,
  )
}

/** A tensor that must be there. */
export interface TensorShape {
  readonly name: string
  readonly shape: readonly number[]
}

/** What a folder may hold beside the wanted tensors. */
export interface Others {
  /** Tensors of no use. */
  readonly ignore?: (name: string) => boolean
  /** Tensors that are left out only because they equal one that is read: by name, that one's place. */
  readonly tied?: ReadonlyMap<string, Float32Array>
}

/**
 * Where the wanted tensors lie. A wanted tensor that is missing or of another shape or type, and a tensor that is neither
 * wanted nor among the others, are DataErrors: half a model is no model.
 */
export async function findTensors(
  folder: string,
  wanted: readonly TensorShape[],
  { ignore = () => false, tied = new Map() }: Others = {},
): Promise<ReadonlyMap<string, TensorInfo>> {
  const found = await listTensors(folder)
  const names = new Set(wanted.map(({ name }) => name))
  const missing = wanted.filter(({ name }) => !found.has(name)).map(({ name }) => name)
  if (missing.length > 0) throw new DataError(`${folder}: no tensor ${some(missing)}`)
  const known = (name: string): boolean => names.has(name) || tied.has(name) || ignore(name)
  const unexpected = [...found.keys()].filter(name => !known(name))
  if (unexpected.length > 0)
    throw new DataError(
      `${folder}: unexpected tensor ${some(unexpected)}; is this the right model?`,
    )
  for (const target of wanted) checkTensor(found.get(target.name)!, target)
  return found
}

/**
 * Reads the wanted tensors into their targets, float32 whatever they are stored as. Throws as findTensors does, and where
 * a number is NaN or infinite, or a tied tensor is not what it is tied to.
 */
export async function readTensors(
  folder: string,
  wanted: readonly TensorTarget[],
  others: Others = {},
): Promise<void> {
  for (const { name, shape, into } of wanted)
    if (into.length !== product(shape))
      throw new RangeError(`readTensors: ${name}: ${into.length} places for shape [${shape}]`)
  const found = await findTensors(folder, wanted, others)
  await eachFile(wanted, found, readInto)
  const tied = [...(others.tied ?? [])]
    .filter(([name]) => found.has(name))
    .map(([name, into]): TensorTarget => ({ name, shape: found.get(name)!.shape, into }))
  await eachFile(tied, found, requireEqual)
}

/** How tensors are written. */
export interface WriteOptions {
  readonly dtype?: WeightType // default float32
  readonly maxShardBytes?: number // of one file's tensors; default 5 GB, as transformers has it
}

/**
 * Writes tensors into a folder that has none: model.safetensors, or shards with their index where one file would pass
 * `maxShardBytes`. Throws DataError where a number is not finite as `dtype`, and the system's error where the disk is full.
 */
export async function writeShards(
  folder: string,
  tensors: readonly NamedTensor[],
  { dtype = 'float32', maxShardBytes = 5e9 }: WriteOptions = {},
): Promise<void> {
  const bytes = ({ values }: NamedTensor): number => values.length * (dtype === 'float32' ? 4 : 2)
  const shards: NamedTensor[][] = []
  let room = 0
  for (const tensor of tensors) {
    if (shards.length === 0 || bytes(tensor) > room) {
      shards.push([])
      room = maxShardBytes
    }
    shards.at(-1)!.push(tensor)
    room -= bytes(tensor)
  }
  if (shards.length <= 1) return writeFile(join(folder, weightsFile), tensors, dtype)
  const number = (n: number): string => String(n).padStart(5, '0')
  const map: Record<string, string> = {}
  for (const [i, shard] of shards.entries()) {
    const name = `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`
    await writeFile(join(folder, name), shard, dtype)
    for (const tensor of shard) map[tensor.name] = name
  }
  const total_size = tensors.reduce((sum, tensor) => sum + bytes(tensor), 0)
  const index = { metadata: { total_size }, weight_map: map }
  const json = `${JSON.stringify(index, null, 2)}\n`
  await writeDurably(join(folder, indexFile), file => file.writeFile(json))
}

/** Whether a file, by its name, holds a model's weights or says where they lie. */
export function isWeightsFile(name: string): boolean {
  return name === indexFile || /^model(-\d{5}-of-\d{5})?\.safetensors$/.test(name)
}

/** Writes one safetensors file, complete or not at all; a DataError says why not. */
export async function writeTensors(
  file: string,
  tensors: readonly NamedTensor[],
  dtype: WeightType = 'float32',
): Promise<void> {
  const partial = `${file}.partial`
  try {
    await rm(partial, { force: true })
    await writeFile(partial, tensors, dtype)
    await rename(partial, file)
  } catch (cause) {
    await rm(partial, { force: true })
    if (cause instanceof MinformError) throw cause
    throw new DataError(`${file}: cannot be written: ${(cause as Error).message}`, { cause })
  }
}

function writeFile(file: string, tensors: readonly NamedTensor[], dtype: WeightType) {
  const head = headerOf(tensors, dtype)
  return writeDurably(file, async handle => {
    await writeAll(handle, head)
    for (const tensor of tensors) await writeValues(handle, tensor, dtype)
  })
}

async function listShards(folder: string): Promise<ReadonlyMap<string, TensorInfo>> {
  const index = join(folder, indexFile)
  const { weight_map } = parseJson(index, indexSchema, await readJson(index))
  const out = new Map<string, TensorInfo>()
  const places = Object.entries(weight_map)
  for (const [shard, names] of groupBy(places, place => place[1])) {
    if (basename(shard) !== shard || shard === '..')
      throw new DataError(`${index}: shard ${shard} lies outside the folder; expected a file name`)
    const file = join(folder, shard)
    const tensors = await readHeader(file)
    for (const [name] of names)
      if (!tensors.has(name))
        throw new DataError(`${file}: no tensor ${name}, which ${indexFile} promises`)
    for (const [name, tensor] of tensors) {
      if (out.has(name)) throw new DataError(`${file}: tensor ${name} is in another shard too`)
      out.set(name, tensor)
    }
  }
  return out
}

function checkTensor(found: TensorInfo, { name, shape }: TensorShape): void {
  if (found.shape.length !== shape.length || found.shape.some((n, i) => n !== shape[i]))
    throw new DataError(
      `${found.file}: tensor ${name}: shape [${found.shape}]; expected [${shape}]`,
    )
  if (!Object.hasOwn(blockFormats, found.dtype))
    throw new DataError(
      `${found.file}: tensor ${name}: type ${found.dtype}; expected F32, F16 or BF16`,
    )
}

type Work = (handle: Readable, tensor: TensorInfo, into: Float32Array) => Promise<void>

async function eachFile(
  targets: readonly TensorTarget[],
  found: ReadonlyMap<string, TensorInfo>,
  work: Work,
): Promise<void> {
  for (const [file, members] of groupBy(targets, target => found.get(target.name)!.file)) {
    const handle = await openToRead(file)
    try {
      for (const { name, into } of members) await work(handle, found.get(name)!, into)
    } finally {
      await handle.close()
    }
  }
}

const readInto: Work = async (handle, tensor, into) => {
  for (let i = 0; i < into.length; i += step) {
    const part = into.subarray(i, i + step)
    await readPart(handle, tensor, i, part)
    const at = firstNotFinite(part)
    if (at >= 0)
      throw new DataError(
        `${tensor.file}: tensor ${tensor.name}: ${part[at]} at element ${i + at}; expected finite weights`,
      )
  }
  if (tensor.heads !== undefined) turnBack(into, tensor.shape[0]!, tensor.heads)
}

const requireEqual: Work = async (handle, tensor, values) => {
  const differs = (): never => {
    throw new DataError(
      `${tensor.file}: tensor ${tensor.name} differs from the tensor that config.json ties it to; set tie_word_embeddings to false`,
    )
  }
  if (product(tensor.shape) !== values.length) differs()
  checkTensor(tensor, tensor)
  const part = new Float32Array(Math.min(step, values.length))
  for (let i = 0; i < values.length; i += step) {
    const read = part.subarray(0, values.length - i)
    await readPart(handle, tensor, i, read)
    if (read.some((value, j) => value !== values[i + j])) differs()
  }
}

/** Elements from `first` on, as many as `into` takes; both are whole blocks, since `step` is. */
async function readPart(
  handle: Readable,
  { dtype, start, file }: TensorInfo,
  first: number,
  into: Float32Array,
): Promise<void> {
  if (dtype === 'F32') return readAll(handle, bytesOf(into), start + 4 * first, file)
  const { elements, bytes, decode } = blockFormats[dtype]!
  const stored = new Uint8Array((into.length / elements) * bytes)
  await readAll(handle, stored, start + (first / elements) * bytes, file)
  decode(stored, into)
}

async function writeValues(
  handle: FileHandle,
  { name, values }: NamedTensor,
  dtype: WeightType,
): Promise<void> {
  const bits = new Uint16Array(dtype === 'float32' ? 0 : Math.min(step, values.length))
  for (let i = 0; i < values.length; i += step) {
    const part = values.subarray(i, i + step)
    const chunk = bits.subarray(0, part.length)
    if (dtype === 'bfloat16') toBfloat16(part, chunk)
    if (dtype === 'float16') toFloat16(part, chunk)
    const at = dtype === 'float32' ? firstNotFinite(part) : firstInfinite(chunk, dtype)
    if (at >= 0)
      throw new DataError(
        `tensor ${name}: ${part[at]} at element ${i + at} is not a finite ${dtype}; nothing was saved`,
      )
    await writeAll(handle, bytesOf(dtype === 'float32' ? part : chunk))
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
