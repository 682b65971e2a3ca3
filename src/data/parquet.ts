// Rows of Parquet files as plain values, whoever wrote them.

import * as zlib from 'node:zlib'
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type Compressors,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet'
import { DataError } from '../errors.ts'

const { zstdDecompressSync } = zlib as {
  readonly zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array // since Node 22.15
}

// what the library does not bring; others, such as LZ4, are refused with their names
const compressors: Compressors = {
  GZIP: bytes => zlib.gunzipSync(bytes),
  BROTLI: bytes => zlib.brotliDecompressSync(bytes),
  ...(zstdDecompressSync ? { ZSTD: bytes => zstdDecompressSync(bytes) } : {}),
}

/** The rows of a Parquet file that is in memory: lists are arrays, an absent value is null or undefined. */
export async function parquetRows(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: new Uint8Array(bytes).buffer, compressors })
}

/**
 * The rows of a Parquet file, a row group in memory at a time; 64-bit integers are numbers, absent values null. Throws
 * DataError where the file is none, is damaged, or is packed in a way that cannot be read.
 */
export async function* parquetFileRows(path: string): AsyncGenerator<Record<string, unknown>> {
  const opened = await reading(path, () => openParquet(path))
  let rowStart = 0
  for (const { num_rows } of opened.metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows)
    const rows = await reading(path, () =>
      parquetReadObjects({ ...opened, rowStart, rowEnd, compressors }),
    )
    for (const row of rows) yield plain(row) as Record<string, unknown>
    rowStart = rowEnd
  }
}

async function openParquet(path: string) {
  const file: AsyncBuffer = await asyncBufferFromFile(path)
  return { file, metadata: await parquetMetadataAsync(file) }
}

async function reading<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    throw new DataError(`${path}: cannot be read as Parquet: ${(cause as Error).message}`, {
      cause,
    })
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map(plain)
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, plain)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]))
}
