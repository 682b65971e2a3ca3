// Records in and out: JSON Lines from a file or standard input, to standard output.

import { once } from 'node:events'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { splitLines } from '../data/lines.ts'
import { inheritedStream, streamOf } from '../data/plain-file.ts'
import { utf8 } from '../data/utf8.ts'
import { ConfigError, DataError, RunError } from '../errors.ts'
import { jsonLine } from '../runs/json-lines.ts'
import { freeSpace } from '../runs/whole-file.ts'
import type { Json } from '../types.ts'
import type { Flags } from './flags.ts'
import { ProcessEnd } from './process-end.ts'

/** A line of input and where it stands, for messages. */
export interface Line {
  readonly text: string
  readonly where: string // 'file:12'
}

/** A record of input and where it stands, for messages. */
export interface InputRecord {
  readonly value: Json
  readonly where: string
}

/** Tells a user something, on standard error. */
export function say(line: string): void {
  process.stderr.write(`minform: ${line}\n`)
}

/** The lines of a file; of standard input when there is none or it is '-'. */
export async function* readLines(
  file?: string,
  stdin: Readable = process.stdin,
): AsyncGenerator<Line> {
  const fromFile = file !== undefined && file !== '-'
  const name = fromFile ? file : 'standard input'
  if (!fromFile && (stdin as { isTTY?: boolean }).isTTY) {
    process.stderr.write('minform: reading from the terminal; Ctrl-D ends the input\n')
  }
  let number = 0
  for await (const text of splitLines(fromFile ? chunksOf(file) : utf8(stdin, name), name)) {
    number++
    const start = number === 1 && text.startsWith('\uFEFF') ? 1 : 0
    yield { text: text.slice(start), where: `${name}:${number}` }
  }
}

/** The JSON values of a file or of standard input, one a line; blank lines are passed over. */
export async function* readRecords(file?: string, stdin?: Readable): AsyncGenerator<InputRecord> {
  for await (const { text, where } of readLines(file, stdin)) {
    if (text.trim() !== '') yield { value: parse(text, where), where }
  }
}

/**
 * Writes what `make` says of every record, a line each, in order. A record that cannot be read or used is a DataError; with
 * `skipBad` its line says why instead, and they are counted on standard error.
 */
export async function writeEach(
  file: string | undefined,
  make: (value: Json, where: string) => object | Promise<object>,
  { skipBad = false } = {},
): Promise<void> {
  let bad = 0
  for await (const { text, where } of readLines(file)) {
    if (text.trim() === '') continue
    try {
      await writeRecord(await make(parse(text, where), where))
    } catch (error) {
      if (!skipBad || !(error instanceof DataError)) throw error
      bad++
      await writeRecord({ error: error.message })
    }
  }
  if (bad > 0) process.stderr.write(`minform: ${bad} rows could not be used\n`)
}

/** The flag of commands that can go on after a row that is bad. */
export const skipBadArgs = {
  skipBad: {
    type: 'boolean',
    description: 'a row that cannot be used is written as its error, and does not end it all',
  },
} as const satisfies Flags

/** Writes one record as a line; waits while the reader is slow. */
export async function writeRecord(
  value: unknown,
  stdout: Writable = process.stdout,
): Promise<void> {
  if (gone.has(stdout)) throw readerGone()
  if (stdout.write(jsonLine(value))) return
  await once(stdout, 'drain').catch(error => {
    throw gone.has(stdout) ? readerGone() : notWritten(error)
  })
}

const gone = new WeakSet<Writable>()

/**
 * Lets a program go on when the reader of a stream has gone (`minform ... | head`, a terminal that was closed): what is said
 * is then said to nobody. A command that does nothing but write records ends at its next one, as `yes | head` does.
 */
export function outliveReader(stream: Writable): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isGone(error)) throw notWritten(error)
    gone.add(stream)
  })
}

/** Whether an error of a stream says that nobody reads it any more. */
export function isGone({ code }: NodeJS.ErrnoException): boolean {
  return ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'].includes(code ?? '')
}

/** What a stream that takes nothing more means: its file lies on a full disk. */
export function notWritten(error: Error): RunError {
  const message = `cannot write to standard output: ${error.message}; ${freeSpace}`
  return new RunError(message, { cause: error })
}

/** The end of a program by SIGPIPE, as a shell tells it. */
function readerGone(): ProcessEnd {
  return new ProcessEnd('', 128 + constants.signals.SIGPIPE)
}

async function* chunksOf(file: string): AsyncGenerator<string> {
  try {
    yield* utf8(inheritedStream(file) ?? (await streamOf(file)), file)
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    throw new ConfigError(`cannot read ${file}: ${(cause as Error).message}`, { cause })
  }
}

function parse(text: string, where: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (cause) {
    const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text
    throw new DataError(`${where}: not JSON: ${shown}`, { cause })
  }
}
