// What runs tell in lines, as tables: `runs`, a row a run; `metrics`, a row an iteration; `log`, a row an event.

import type { DuckDBConnection } from '@duckdb/node-api'
import type { RunFolder } from '../runs/folders.ts'
import { jsonLine } from '../runs/json-lines.ts'
import { type LogLine, readRun } from '../runs/reader.ts'
import type { MetricsLine } from '../runs/writer.ts'
import type { Json } from '../types.ts'
import { named } from './duckdb.ts'

type ColumnType = 'VARCHAR' | 'INTEGER' | 'DOUBLE' | 'BOOLEAN' | 'JSON' | 'TIMESTAMP'

type Columns = Readonly<Record<string, ColumnType>>

type Row = Readonly<Record<string, Json | undefined>>

/** What a run tells beside its rollouts. */
export interface RunRecords {
  readonly run: RunFolder
  readonly config: Json
  readonly metrics: readonly MetricsLine[]
  readonly log: readonly LogLine[]
}

/** Reads a run, also one that is being written. Throws RunError where that cannot be done. */
export function recordsOf(run: RunFolder): RunRecords {
  const reader = readRun(run.folder)
  return { run, config: reader.config(), metrics: reader.metrics(), log: reader.log() }
}

/** Makes the tables `runs`, `metrics` and `log`. */
export async function createRecords(
  connection: DuckDBConnection,
  runs: readonly RunRecords[],
): Promise<void> {
  const own = { run: 'VARCHAR', folder: 'VARCHAR' } as const
  await fill(
    connection,
    'runs',
    { ...own, recipe: 'VARCHAR', seed: 'INTEGER', config: 'JSON' },
    runs.map(({ run, config }) => runRow(run, config)),
  )
  const metrics = runs.flatMap(({ run, metrics }) =>
    metrics.map((line): Row => ({ ...line, run: run.id })),
  )
  await fill(
    connection,
    'metrics',
    { run: 'VARCHAR', iteration: 'INTEGER', ...typesOf(metrics) },
    metrics,
  )
  await fill(
    connection,
    'log',
    {
      ...{ run: 'VARCHAR', time: 'TIMESTAMP', level: 'VARCHAR', event: 'VARCHAR' },
      ...{ iteration: 'INTEGER', fields: 'JSON' },
    },
    runs.flatMap(({ run, log }) => log.map(line => logRow(run, line))),
  )
}

function runRow({ id, folder }: RunFolder, config: Json): Row {
  const { recipe, seed } = Object(config) as Row
  return { run: id, folder, recipe, seed, config }
}

function logRow({ id }: RunFolder, { time, level, event, ...fields }: LogLine): Row {
  return { run: id, time, level, event, iteration: fields.iteration, fields }
}

/** The columns that lines have beside the run and the iteration; of values of several kinds one is text. */
function typesOf(rows: readonly Row[]): Columns {
  const kinds = new Map<string, Set<string>>()
  for (const row of rows)
    for (const [name, value] of Object.entries(row)) {
      const seen = kinds.get(name) ?? new Set()
      if (value !== null) seen.add(typeof value)
      kinds.set(name, seen)
    }
  const {
    run: _,
    iteration: __,
    ...columns
  } = Object.fromEntries(
    [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, seen]) => [name, typeOf(seen)]),
  )
  return columns
}

function typeOf(kinds: ReadonlySet<string>): ColumnType {
  if (kinds.size > 1) return 'VARCHAR'
  if (kinds.has('boolean')) return 'BOOLEAN'
  return kinds.has('string') ? 'VARCHAR' : 'DOUBLE'
}

/** A table of rows; a value that is none of its column's is null, never an error. */
async function fill(
  connection: DuckDBConnection,
  table: string,
  columns: Columns,
  rows: readonly Row[],
): Promise<void> {
  const names = Object.keys(columns)
  const unlike = names.map(name => name.toLowerCase()) // names of columns are the same in both cases
  const kept = names.filter((_, i) => unlike.indexOf(unlike[i]!) === i)
  const said = `${table}_as_said`
  await connection.run(
    `create temp table ${said} (${kept.map(name => `${named(name)} ${rawType(columns[name]!)}`).join(', ')})`,
  )
  const appender = await connection.createAppender(said)
  for (const row of rows) {
    for (const name of kept) append(appender, columns[name]!, row[name])
    appender.endRow()
  }
  appender.closeSync()
  const cast = kept.map(name => `try_cast(${named(name)} as ${columns[name]}) as ${named(name)}`)
  await connection.run(`create table ${table} as select ${cast.join(', ')} from ${said}`)
  await connection.run(`drop table ${said}`)
}

type Appender = Awaited<ReturnType<DuckDBConnection['createAppender']>>

function rawType(type: ColumnType): string {
  return type === 'DOUBLE' || type === 'BOOLEAN' ? type : 'VARCHAR'
}

function append(appender: Appender, type: ColumnType, value: Json | undefined): void {
  if (value === null || value === undefined) appender.appendNull()
  else if (type === 'DOUBLE') appender.appendDouble(value as number)
  else if (type === 'BOOLEAN') appender.appendBoolean(value as boolean)
  else if (type !== 'JSON' && typeof value !== 'object') appender.appendVarchar(String(value))
  else appender.appendVarchar(jsonLine(value).trimEnd())
}
