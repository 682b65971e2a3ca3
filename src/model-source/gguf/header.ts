// The header of a GGUF file: what the model is, as keys and values, and where its tensors lie. The library reads it; what
// it would take on trust (counts, sizes, places) is checked here before and after, since it reads zeros where a file ends.

import { stat } from 'node:fs/promises'
import {
  GGMLQuantizationType,
  type GGUFTypedMetadata,
  GGUFValueType,
  gguf,
  type MetadataValue,
} from '@huggingface/gguf'
import { openFile } from '../../data/plain-file.ts'
import { DataError, EngineError } from '../../errors.ts'

export type GgufValue = string | number | boolean | readonly GgufValue[]

/** A tensor as the header describes it. */
export interface GgufTensor {
  readonly name: string
  readonly type: string // such as F32 or Q4_K
  readonly shape: readonly number[] // row-major: the last is the length of a row
  readonly offset: number // of its first byte in the file
}

export interface GgufHeader {
  readonly file: string
  readonly size: number // bytes of the file
  readonly metadata: ReadonlyMap<string, GgufValue>
  readonly tensors: readonly GgufTensor[] // places not yet checked: that takes their types' sizes
}

const prefixBytes = 24 // magic, version, and two counts
const leastKey = 13 // bytes: a name's length, a type, a value
const leastTensor = 24 // bytes: a name's length, how many dimensions, a type, a place
const most = 1_000_000 // keys or tensors; more is damage

/**
 * Reads the header of a GGUF file. A file that is none, is cut short, or says what cannot be is a DataError; a version or
 * byte order that is not read is an EngineError.
 */
export async function readGguf(file: string): Promise<GgufHeader> {
  const { size, mtimeMs, ino } = await stat(file).catch(cause => {
    throw new DataError(`${file}: cannot be read: ${cause.message}`, { cause })
  })
  const version = `${ino} ${size} ${mtimeMs}`
  const kept = recent.get(file)
  const known = kept?.version === version ? kept.header.deref() : undefined
  if (known !== undefined) return known
  await checkPrefix(file, size)
  const header = await parse(file, size)
  recent.set(file, { version, header: new WeakRef(header) })
  return header
}

// Opening one model asks for its header several times, and a large vocabulary takes half a second to read.
const recent = new Map<string, { version: string; header: WeakRef<GgufHeader> }>()

/** What the first bytes say, so that nothing is made room for that the file cannot hold. */
async function checkPrefix(file: string, size: number): Promise<void> {
  const bytes = Buffer.alloc(prefixBytes)
  const read = await readPrefix(file, bytes)
  const magic = bytes.toString('latin1', 0, Math.min(4, read))
  if (magic !== 'GGUF')
    throw new DataError(
      `${file}: neither a folder nor a GGUF file: it begins with ${JSON.stringify(magic)}; expected a folder with config.json, or a file that begins with "GGUF"`,
    )
  if (read < prefixBytes) throw new DataError(`${file}: ${size} bytes of a GGUF file; cut short?`)
  const version = bytes.readUInt32LE(4)
  if (version !== 2 && version !== 3) throw new EngineError(unreadVersion(file, version))
  const counts = { tensors: bytes.readBigUInt64LE(8), keys: bytes.readBigUInt64LE(16) }
  const room = size - prefixBytes
  for (const [what, least] of [
    ['tensors', leastTensor],
    ['keys', leastKey],
  ] as const)
    if (counts[what] > Math.min(most, room / least))
      throw new DataError(
        `${file}: a header of ${counts[what]} ${what} in a file of ${size} bytes; cut short or damaged: fetch it again`,
      )
}

async function readPrefix(file: string, into: Buffer): Promise<number> {
  try {
    const handle = await openFile(file)
    try {
      return (await handle.read(into, 0, into.length, 0)).bytesRead
    } finally {
      await handle.close()
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    throw new DataError(`${file}: cannot be read: ${(cause as Error).message}`, { cause })
  }
}

function unreadVersion(file: string, version: number): string {
  if (version !== 0 && (version & 0xffff) === 0)
    return `${file}: a big-endian GGUF file; expected little-endian: convert it with gguf-convert-endian of the Python package gguf`
  const what = version === 1 ? 'which no converter has written since 2023' : 'which is not known'
  return `${file}: GGUF version ${version}, ${what}; expected version 2 or 3: convert the model again with a current llama.cpp`
}

async function parse(file: string, size: number): Promise<GgufHeader> {
  const read = await gguf(file, { allowLocalFile: true, typedMetadata: true }).catch(cause => {
    throw new DataError(`${file}: the header cannot be read: ${reason(cause)}`, { cause })
  })
  const [start, end] = read.tensorInfoByteRange
  if (end > size) throw new DataError(`${file}: ends inside its header; cut short: fetch it again`)
  const spelled = prefixBytes + entryBytes(read.typedMetadata)
  if (spelled !== start)
    throw new DataError(
      `${file}: the header's keys take ${start} bytes and were read as ${spelled}: text that is not UTF-8, or a key twice; fetch or convert it again`,
    )
  const metadata = new Map<string, GgufValue>()
  for (const [key, { value }] of entries(read.typedMetadata)) metadata.set(key, plain(value))
  const tensors = read.tensorInfos.map(({ name, shape, dtype, offset }): GgufTensor => {
    return {
      name,
      type: GGMLQuantizationType[dtype] ?? `number ${dtype}`,
      shape: shape.map(Number).reverse(),
      offset: Number(read.tensorDataOffset) + Number(offset),
    }
  })
  return { file, size, metadata, tensors }
}

function reason(cause: unknown): string {
  const { name, message } = cause as Error
  const what = name === 'RangeError' ? 'a value is longer than the header' : message
  return `${what}; cut short or damaged: fetch it again`
}

/** A key's value as the library types it where it knows the key no better. */
interface Typed {
  readonly value: MetadataValue
  readonly type: GGUFValueType
  readonly subType?: GGUFValueType | undefined
}

/** The file's own keys: the library adds what the prefix says. */
function entries(metadata: GGUFTypedMetadata): [string, Typed][] {
  return (Object.entries(metadata) as [string, Typed][]).slice(3)
}

const scalarBytes: Readonly<Partial<Record<GGUFValueType, number>>> = {
  [GGUFValueType.UINT8]: 1,
  [GGUFValueType.INT8]: 1,
  [GGUFValueType.BOOL]: 1,
  [GGUFValueType.UINT16]: 2,
  [GGUFValueType.INT16]: 2,
  [GGUFValueType.UINT32]: 4,
  [GGUFValueType.INT32]: 4,
  [GGUFValueType.FLOAT32]: 4,
  [GGUFValueType.UINT64]: 8,
  [GGUFValueType.INT64]: 8,
  [GGUFValueType.FLOAT64]: 8,
}

/** The bytes that the keys take in the file when they were read as they are: the library cuts strings in silence. */
function entryBytes(metadata: GGUFTypedMetadata): number {
  return entries(metadata).reduce(
    (sum, [key, entry]) => sum + 8 + Buffer.byteLength(key) + 4 + valueBytes(entry),
    0,
  )
}

function valueBytes({ value, type, subType }: Typed): number {
  if (type === GGUFValueType.STRING) return 8 + Buffer.byteLength(value as string)
  if (type !== GGUFValueType.ARRAY) return scalarBytes[type]!
  const items = value as MetadataValue[]
  if (subType === undefined || subType === GGUFValueType.ARRAY) return Number.NaN // no key of a model's is nested
  if (subType !== GGUFValueType.STRING) return 12 + items.length * scalarBytes[subType]!
  return (items as string[]).reduce((sum, item) => sum + 8 + Buffer.byteLength(item), 12)
}

function plain(value: MetadataValue): GgufValue {
  if (typeof value === 'bigint') return Number(value)
  return Array.isArray(value) ? value.map(plain) : value
}
