// Parquet by the library, in whatever thread: nothing here bounds what a file from elsewhere may take.

import * as zlib from 'node:zlib'
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type Compressors,
  parquetMetadata,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet'
import { lz4Block, lz4Hadoop } from './lz4.ts'
import { numberLists } from './parquet-lists.ts'
import { checkFile } from './plain-file.ts'

const { zstdDecompressSync } = zlib as {
  readonly zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array // since Node 22.15
}

// what the library does not bring
const compressors: Compressors = {
  GZIP: bytes => zlib.gunzipSync(bytes),
  BROTLI: bytes => zlib.brotliDecompressSync(bytes),
  LZ4_RAW: lz4Block,
  LZ4: lz4Hadoop,
  ZSTD: bytes => {
    if (zstdDecompressSync) return zstdDecompressSync(bytes)
    throw new Error(
      `it is packed with ZSTD, which Node ${process.versions.node} does not unpack; use Node 22.15 or later, or write it with snappy`,
    )
  },
}

export type Row = Record<string, unknown>

/** The rows of a file that is in memory, as the library gives them; lists of numbers are typed arrays where they can be. */
export async function rowsOfBytes(bytes: Uint8Array): Promise<Row[]> {
  const file = new Uint8Array(bytes).buffer
  const metadata = parquetMetadata(file)
  const lists = numberLists(new Uint8Array(file), metadata)
  const columns = parquetSchema(metadata)
    .children.map(({ element }) => element.name)
    .filter(name => !lists.has(name))
  const rows = await parquetReadObjects({ file, metadata, columns, compressors })
  for (const [name, list] of lists) {
    if (list.length !== rows.length)
      throw new RangeError(`${list.length} lists of '${name}' in ${rows.length} rows`)
    for (const [i, row] of rows.entries()) row[name] = list[i]
  }
  return rows
}

/** How many rows each row group of a file has. */
export async function groupsOfFile(path: string): Promise<number[]> {
  const { metadata } = await openParquet(path)
  return metadata.row_groups.map(({ num_rows }) => Number(num_rows))
}

/** Rows `from` to `to` of a file; 64-bit integers are numbers, or their digits where no number is them, absent values null. */
export async function rowsOfFile(path: string, from: number, to: number): Promise<Row[]> {
  const opened = await openParquet(path)
  const rows = await parquetReadObjects({ ...opened, rowStart: from, rowEnd: to, compressors })
  return rows.map(row => plain(row) as Row)
}

async function openParquet(path: string) {
  await checkFile(path)
  const file: AsyncBuffer = await asyncBufferFromFile(path)
  return { file, metadata: await parquetMetadataAsync(file) }
}

/** An integer as a number where that is exactly it, else as its digits: an answer or an id must not become another. */
function whole(value: bigint): number | string {
  const near = Number(value)
  return BigInt(near) === value && Math.abs(near) <= 2 ** 53 ? near : String(value)
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return whole(value)
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map(plain)
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, plain)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]))
}
