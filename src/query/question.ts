// One question to an open database: checked to be a question and nothing else, bounded in time, its answer row by row.

import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api'
import { ConfigError, type MinformError, RunError } from '../errors.ts'
import { linked, within } from '../http/deadline.ts'
import type { Json } from '../types.ts'
import type { Bounds } from './bounds.ts'

const select = 1 // StatementType.SELECT, an enum of a library that need not be there
const outOfMemory = 'Out of Memory Error' // as the database says it
const grace = 1000 // ms that an interrupted question may take to end
const watchEvery = 50 // ms
const unseen = 2 ** 28 // bytes that a process may take beside what the database counts

/** An answer as it comes. */
export interface Answer {
  readonly columns: readonly string[]
  /** Rows in the order of the columns; what JSON has no word for is text, whole numbers beyond 2^53 too. */
  rows(): AsyncGenerator<readonly Json[]>
}

/**
 * Asks. Throws ConfigError where the text is no single question, RunError where it takes more than it may: what does not end
 * when it is interrupted is given up, and ends with the process.
 */
export async function question(
  connection: DuckDBConnection,
  sql: string,
  bounds: Bounds,
  signal?: AbortSignal,
): Promise<Answer> {
  const most = process.memoryUsage.rss() + bounds.memory + unseen
  let left = 1000 * bounds.seconds
  const bounded = async <T>(work: () => Promise<T>): Promise<T> => {
    const started = performance.now()
    try {
      return await interruptible(connection, { ms: Math.max(1, left), most }, signal, work)
    } catch (error) {
      signal?.throwIfAborted()
      throw told(error as Error, bounds, sql)
    } finally {
      left -= performance.now() - started
    }
  }
  const statement = await bounded(() => onlySelect(connection, sql))
  const result = await bounded(() => statement.stream())
  return {
    columns: result.deduplicatedColumnNames(),
    rows: () => rowsOf(result, bounded),
  }
}

async function* rowsOf(
  result: DuckDBResult,
  bounded: <T>(work: () => Promise<T>) => Promise<T>,
): AsyncGenerator<readonly Json[]> {
  for (;;) {
    const chunk = await bounded(() => result.fetchChunk())
    if (chunk === null || chunk.rowCount === 0) return
    for (const row of chunk.getRows()) yield row.map(plain)
  }
}

/** The statement, where it is one that reads. */
async function onlySelect(
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  const found = await connection.extractStatements(sql)
  if (found.count !== 1)
    throw new ConfigError(
      `expected one select, got ${found.count} statements; a pivot names its values: pivot t on x in (1, 2)`,
    )
  const statement = await found.prepare(0)
  if (statement.statementType !== select)
    throw new ConfigError('a question reads and nothing else: it is one select')
  if (statement.parameterCount > 0)
    throw new ConfigError('the question has parameters; write their values into it')
  return statement
}

/** Work that is interrupted when its time is over or its memory full; it is given up where it does not end then. */
async function interruptible<T>(
  connection: DuckDBConnection,
  { ms, most }: { readonly ms: number; readonly most: number },
  outer: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  return within(ms, outer, signal =>
    linked(signal, async own => {
      // what functions of texts take is not counted by the database
      const full = (): boolean => process.memoryUsage.rss() > most
      const watch = setInterval(() => full() && own.abort(new Error(outOfMemory)), watchEvery)
      try {
        return await orGivenUp(connection, own.signal, work())
      } finally {
        clearInterval(watch)
      }
    }),
  )
}

function orGivenUp<T>(
  connection: DuckDBConnection,
  signal: AbortSignal,
  done: Promise<T>,
): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      connection.interrupt()
      setTimeout(() => reject(signal.reason as Error), grace).unref()
    })
  })
  return Promise.race([done, late]).catch(error => {
    throw signal.aborted ? (signal.reason as Error) : error
  })
}

/** An error of the database in words of what to do. */
function told(error: Error, { seconds, memory }: Bounds, sql: string): MinformError {
  if (error instanceof ConfigError) return error
  const message = error.message.replace(/^Failed to extract statements: /, '')
  const cause = { cause: error }
  if (error.name === 'TimeoutError')
    return new RunError(
      `the question took more than ${seconds} s; ask for less, or give it longer with --timeout`,
      cause,
    )
  if (message.startsWith(outOfMemory))
    return new RunError(
      `the question needs more than ${Math.round(memory / 2 ** 20)} MiB; ask for fewer columns or rows, or give --max-memory`,
      cause,
    )
  if (/^(IO|Internal|Invalid Error|INTERNAL|TProtocol|Snappy|Corrupt)/i.test(message))
    return new RunError(`the runs cannot be read: ${message}`, cause)
  if (/^(Permission Error|Missing Extension|Catalog Error.*extension)/.test(message))
    return new ConfigError(
      `a question reads the runs that it names and nothing else: ${firstLine(message)}`,
      cause,
    )
  const reserved = /\bgroup\b/i.test(sql) && /Parser Error/.test(message)
  return new ConfigError(
    `${message}${reserved ? '\ngroup is a word of SQL: the column is "group", in double quotes' : ''}`,
    cause,
  )
}

function firstLine(text: string): string {
  return text.split('\n')[0]!
}

/** A value of the database as JSON has it. */
function plain(value: unknown): Json {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'object') return value as Json
  if ('items' in value && Array.isArray(value.items)) return value.items.map(plain)
  if ('entries' in value && typeof value.entries === 'object' && !Array.isArray(value.entries))
    return Object.fromEntries(
      Object.entries(value.entries as object).map(([name, one]) => [name, plain(one)]),
    )
  if ('scale' in value && 'value' in value) return Number(String(value))
  return String(value)
}
