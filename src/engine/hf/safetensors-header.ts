// A safetensors file is eight bytes (the header's length), a JSON header, then the tensors' bytes without gaps. Every
// claim of a header is checked before a byte of a tensor is read.

import { z } from 'zod'
import { openFile } from '../../data/plain-file.ts'
import { DataError } from '../../errors.ts'
import { parseJson } from '../../model-source/json.ts'
import { elementBytes, type WeightType } from './tensor-types.ts'

/** Where a tensor lies: bytes start (inclusive) to end (exclusive) of `file`. */
export interface TensorInfo {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly file: string
  readonly start: number
  readonly end: number
  readonly heads?: number // whose rows lie in another order than transformers has them; see turnBack
}

/** A tensor to write, row-major. */
export interface NamedTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

const maxHeader = 100_000_000 // the limit of the reference implementation

const integer = z.number().int().nonnegative()
const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(integer),
    data_offsets: z.tuple([integer, integer]),
  }),
)

/** The tensors that a file says it holds. */
export async function readHeader(file: string): Promise<Map<string, TensorInfo>> {
  const handle = await openToRead(file)
  try {
    const { size } = await handle.stat()
    if (size < 8) throw new DataError(`${file}: ${size} bytes; expected a safetensors file`)
    const prefix = Buffer.alloc(8)
    await readAll(handle, prefix, 0, file)
    const length = Number(prefix.readBigUInt64LE())
    if (length > Math.min(size - 8, maxHeader))
      throw new DataError(foreign(file, prefix, length, size))
    const text = Buffer.alloc(length)
    await readAll(handle, text, 8, file)
    return checkHeader(file, text.toString('utf8'), 8 + length, size)
  } finally {
    await handle.close()
  }
}

/** The first bytes of a file that holds these tensors in this order. */
export function headerOf(tensors: readonly NamedTensor[], dtype: WeightType): Uint8Array {
  const bytes = dtype === 'float32' ? 4 : 2
  const entries: Record<string, object> = { __metadata__: { format: 'pt' } }
  let offset = 0
  for (const { name, shape, values } of tensors) {
    if (values.length !== product(shape))
      throw new RangeError(`writeTensors: ${name}: ${values.length} values for shape [${shape}]`)
    const end = offset + bytes * values.length
    entries[name] = {
      dtype: { float32: 'F32', float16: 'F16', bfloat16: 'BF16' }[dtype],
      shape,
      data_offsets: [offset, end],
    }
    offset = end
  }
  const json = Buffer.from(JSON.stringify(entries))
  const length = Math.ceil(json.length / 8) * 8 // so that the tensors start aligned
  const out = Buffer.alloc(8 + length, ' ')
  out.writeBigUInt64LE(BigInt(length))
  json.copy(out, 8)
  return out
}

/** A file open for reading; in our own words, so that the declarations of this package need none of Node's. */
export interface Readable {
  read(
    into: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>
  stat(): Promise<{ readonly size: number }>
  close(): Promise<void>
}

/** Fills `into` from the bytes at `at`. */
export async function readAll(
  handle: Readable,
  into: Uint8Array,
  at: number,
  file: string,
): Promise<void> {
  let done = 0
  while (done < into.length) {
    const { bytesRead } = await handle
      .read(into, done, into.length - done, at + done)
      .catch(cause => {
        throw new DataError(`${file}: cannot be read: ${cause.message}`, { cause })
      })
    if (bytesRead === 0) throw new DataError(`${file}: ended at byte ${at + done}; truncated`)
    done += bytesRead
  }
}

/** Opens a file that must be there. */
export async function openToRead(file: string): Promise<Readable> {
  try {
    return await openFile(file)
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    throw new DataError(`${file}: cannot be read: ${(cause as Error).message}`, { cause })
  }
}

/** How many elements a shape has. */
export function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1)
}

function foreign(file: string, prefix: Buffer, length: number, size: number): string {
  if (prefix.toString('latin1') === 'version ')
    return `${file}: a Git LFS pointer, not the weights; fetch them with git lfs pull`
  return `${file}: header of ${length} bytes in a file of ${size}; truncated, or not a safetensors file`
}

function checkHeader(
  file: string,
  text: string,
  base: number,
  size: number,
): Map<string, TensorInfo> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new DataError(`${file}: header is not JSON; expected a safetensors file`, { cause })
  }
  if (json !== null && typeof json === 'object' && '__metadata__' in json) delete json.__metadata__
  const tensors = parseJson(`${file}: header`, headerSchema, json)
  const out = new Map<string, TensorInfo>()
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [start, end],
    },
  ] of Object.entries(tensors)) {
    const bytes = Object.hasOwn(elementBytes, dtype) ? elementBytes[dtype] : undefined
    if (bytes === undefined)
      throw new DataError(
        `${file}: tensor ${name}: unknown type ${dtype}; expected F32, F16 or BF16`,
      )
    const expected = product(shape) * bytes
    if (end - start !== expected)
      throw new DataError(
        `${file}: tensor ${name}: ${end - start} bytes; expected ${expected} for ${dtype} [${shape}]`,
      )
    if (base + end > size)
      throw new DataError(
        `${file}: tensor ${name} ends at byte ${base + end} of a file of ${size}; truncated?`,
      )
    out.set(name, { name, dtype, shape, file, start: base + start, end: base + end })
  }
  checkGapless(file, out, base, size)
  return out
}

function checkGapless(
  file: string,
  tensors: Map<string, TensorInfo>,
  base: number,
  size: number,
): void {
  const sorted = [...tensors.values()].sort((a, b) => a.start - b.start || a.end - b.end)
  let position = base
  for (const { name, start, end } of sorted) {
    if (start !== position)
      throw new DataError(
        `${file}: tensor ${name} starts at byte ${start}; expected ${position}: tensors ${start < position ? 'overlap' : 'leave a gap'}`,
      )
    position = end
  }
  if (position !== size)
    throw new DataError(`${file}: ${size} bytes; expected ${position} from its header`)
}
