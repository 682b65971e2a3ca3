// Queries in SQLite, each on tables of its own. A query may read them: the authorizer knows no other verb, so it opens no
// file, changes no setting and writes nothing.

import initialise, { type Database, type Sqlite3Static } from '@sqlite.org/sqlite-wasm'
import { Budget } from './budget.ts'
import { type Bounds, type Query, type Ran, type Stopped, stopped, type Table } from './job.ts'
import { boundedMemory } from './wasm.ts'

const operationsOfATurn = 1000 // after which SQLite asks whether to go on

let opened: Promise<Sqlite3Static> | null = null

/** Runs a query within bounds, on the tables that its setup makes; a setup that fails is an error that is thrown. */
export async function runQuery({ setup, query }: Query, bounds: Bounds): Promise<Ran> {
  // the bound of the memory is that of the first query: it lies in the instance, which all share
  opened ??= open(bounds.megabytes)
  const sqlite = await opened
  const database = new sqlite.oo1.DB(':memory:')
  const { capi } = sqlite
  try {
    allow(sqlite, database, 'setup')
    database.exec(setup)
    allow(sqlite, database, 'query')
    const budget = new Budget(bounds, operationsOfATurn)
    capi.sqlite3_progress_handler(database, operationsOfATurn, () => Number(budget.turn()), 0)
    return read(database, query, bounds, budget)
  } finally {
    database.close()
  }
}

async function open(megabytes: number): Promise<Sqlite3Static> {
  const start = initialise as unknown as (options: object) => Promise<Sqlite3Static>
  const quiet = { print: () => {}, printErr: () => {} }
  return start({ ...quiet, wasmMemory: boundedMemory(megabytes) })
}

/** What a setup may do, and what a query may: nothing else is compiled. Chance would make a reward of luck. */
function allow({ capi }: Sqlite3Static, database: Database, who: 'setup' | 'query'): void {
  const { SQLITE_ATTACH, SQLITE_DETACH, SQLITE_PRAGMA } = capi
  const { SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE } = capi
  const never: readonly number[] = [SQLITE_ATTACH, SQLITE_DETACH, SQLITE_PRAGMA]
  const reads: readonly number[] = [SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE]
  const decide = (_: unknown, action: number, __: unknown, name: unknown): number => {
    const chance = action === SQLITE_FUNCTION && /^random(blob)?$/i.test(String(name))
    const may = who === 'setup' ? !never.includes(action) : reads.includes(action) && !chance
    return may ? capi.SQLITE_OK : capi.SQLITE_DENY
  }
  capi.sqlite3_set_authorizer(database, decide, 0)
}

function read(database: Database, query: string, bounds: Bounds, budget: Budget): Ran {
  const columns: string[] = []
  const rows: Table['rows'][number][] = []
  const statements: string[] = []
  let left = bounds.characters
  try {
    database.exec({
      sql: query,
      rowMode: 'array',
      columnNames: columns,
      saveSql: statements,
      callback: row => {
        const cells = (row as unknown as unknown[]).map(cell)
        left -= cells.reduce<number>((sum, one) => sum + String(one).length + 1, 1)
        if (left < 0) return false // ends it
        rows.push(cells)
        return undefined
      },
    })
  } catch (error) {
    return failure(error, budget)
  }
  if (left < 0) return stopped('output', `gave more than ${bounds.characters} characters`)
  if (statements.length !== 1) return stopped('error', `${statements.length} statements, not one`)
  return { ended: 'value', table: { columns, rows } }
}

function cell(value: unknown): string | number | null {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return typeof value === 'bigint' ? String(value) : (value as string | number | null)
}

function failure(thrown: unknown, budget: Budget): Stopped {
  if (budget.isSpent) return stopped('operations', 'did not come to an end')
  if (budget.isLate) throw new Error('it took too long')
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (/SQLITE_(NOMEM|TOOBIG)|WasmAllocError/.test(`${message} ${thrown}`))
    return stopped('memory', 'needs more memory than it may have')
  return stopped('error', message)
}
