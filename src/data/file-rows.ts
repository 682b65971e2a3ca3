// Rows of the files that problems and step labels come in: JSON Lines (also packed by gzip), one JSON array, or Parquet. Which one it
// is, its first bytes say, never its name.

import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DataError } from '../errors.ts'
import { splitLines } from './lines.ts'
import { parquetFileRows } from './parquet.ts'
import { openFile, streamOf } from './plain-file.ts'
import { utf8 } from './utf8.ts'

/** One row of a file: its value, or why it has none. */
export interface FileRow {
  readonly value: unknown
  readonly at: string // in the file: ':12', or '[12]' of an array or a table
  readonly where: string // for messages: the file, and where in it
  readonly broken: string | null // what is wrong with a row that cannot be read at all
}

/** The rows of a file, in order; '-' is standard input. A file that cannot be read is a DataError. */
export async function* fileRows(path: string): AsyncGenerator<FileRow> {
  const piped = 'standard input'
  if (path === '-') return yield* textRows(utf8(process.stdin, piped), piped)
  const head = await firstBytes(path)
  if (head.toString('latin1') === 'PAR1') return yield* tableRows(path)
  yield* textRows(chunksOf(path, head[0] === 0x1f && head[1] === 0x8b), path)
}

async function firstBytes(path: string): Promise<Buffer> {
  return opening(path, async () => {
    const file = await openFile(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  })
}

async function* chunksOf(path: string, packed: boolean): AsyncGenerator<string> {
  try {
    yield* utf8(await (packed ? unpacked(path) : streamOf(path)), path)
  } catch (cause) {
    throw cause instanceof DataError ? cause : unreadable(path, cause)
  }
}

async function unpacked(path: string): Promise<Readable> {
  const unpack = createGunzip()
  return (await streamOf(path)).on('error', error => unpack.destroy(error)).pipe(unpack)
}

async function* tableRows(path: string): AsyncGenerator<FileRow> {
  let i = 0
  for await (const value of parquetFileRows(path)) yield rowOf(value, path, `[${i++}]`)
}

async function* textRows(chunks: AsyncIterable<string>, name: string): AsyncGenerator<FileRow> {
  const source = chunks[Symbol.asyncIterator]()
  let start = ''
  let next = await source.next()
  while (!next.done) {
    start += next.value
    if (next.value.trimStart() !== '') break // the mark of byte order is white space, too
    if (start.length > mostBlanks)
      throw new DataError(`${name}: begins with more than ${mostBlanks} blanks; expected rows`)
    next = await source.next()
  }
  const whole = joined(start, source)
  yield* start.trimStart().startsWith('[') ? arrayRows(whole, name) : lineRows(whole, name)
}

const mostBlanks = 2 ** 20 // characters before the first row

async function* joined(start: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  yield start
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

async function* lineRows(chunks: AsyncIterable<string>, name: string): AsyncGenerator<FileRow> {
  let number = 0
  let readable = false // some line was
  for await (const line of splitLines(chunks, name)) {
    number++
    const text = line.trim()
    if (text === '') continue
    const { value, broken } = parsed(text)
    readable ||= broken === null
    const kinds = readable ? '' : ' (a file is JSON Lines, a JSON array or Parquet)'
    yield rowOf(value, name, `:${number}`, broken === null ? null : `${broken}${kinds}`)
  }
}

function parsed(text: string): { readonly value: unknown; readonly broken: string | null } {
  try {
    return { value: JSON.parse(text), broken: null }
  } catch {
    return { value: null, broken: `not JSON: ${text.slice(0, 60)}${text.length > 60 ? '...' : ''}` }
  }
}

async function* arrayRows(chunks: AsyncIterable<string>, name: string): AsyncGenerator<FileRow> {
  let rows: unknown[]
  try {
    let text = ''
    for await (const chunk of chunks) text += chunk
    rows = JSON.parse(text.trim()) as unknown[]
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    if (cause instanceof RangeError)
      throw new DataError(`${name}: is too long for one JSON array; make it JSON Lines`, { cause })
    throw new DataError(`${name}: begins with [ but is no JSON array: ${(cause as Error).message}`)
  }
  for (const [i, value] of rows.entries()) yield rowOf(value, name, `[${i}]`)
}

function rowOf(value: unknown, name: string, at: string, broken: string | null = null): FileRow {
  return { value, at, where: `${name}${at}`, broken }
}

async function opening<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    throw cause instanceof DataError ? cause : unreadable(path, cause)
  }
}

function unreadable(path: string, cause: unknown): DataError {
  return new DataError(`${path}: cannot be read: ${(cause as Error).message}`, { cause })
}
