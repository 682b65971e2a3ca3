// What a question may not do. The database holds an answer only where all of these fail, and the disk is as it was.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError, RunError } from '../../src/errors.ts'
import { askApart } from '../../src/query/apart.ts'
import { type AskedRuns, openRuns } from '../../src/query/query.ts'
import { rolloutPart } from '../../src/runs/layout.ts'
import { recordedRun, runsOf, scratch } from './runs.ts'

const place = scratch()
const folder = recordedRun(join(place, 'run'), { iterations: [[{}]] })
const other = recordedRun(join(place, 'other'), { iterations: [[{ text: 'SECRET' }]] })
const secret = join(place, 'secret.csv')
writeFileSync(secret, 'SECRET\n1\n')
const part = rolloutPart(folder, 1)
const new_ = join(place, 'new')

let asked = 0
const server = createServer((_, response) => {
  asked++
  response.end('a\n1\n')
})
let url = ''
let runs: AskedRuns
beforeAll(async () => {
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.csv`
  runs = await openRuns(runsOf([folder]))
})
afterAll(() => {
  runs.close()
  server.close()
})

async function all(sql: string): Promise<unknown[]> {
  const rows = []
  for await (const row of (await runs.ask(sql)).rows()) rows.push(row)
  return rows
}

/** Every file below the test's place, with what it holds. */
function disk(): Record<string, string> {
  const names = readdirSync(place, { recursive: true, withFileTypes: true })
  const files = names.filter(one => one.isFile()).map(one => join(one.parentPath, one.name))
  return Object.fromEntries(files.sort().map(file => [file, readFileSync(file, 'latin1')]))
}

const writes = [
  `copy (select 1) to '${new_}'`,
  `copy (select 1) to '${part}' (format parquet)`,
  "copy rollouts to '/dev/stdout'",
  `explain analyze copy (select 1) to '${part}' (format parquet)`,
  `export database '${new_}'`,
  `import database '${new_}'`,
  `attach '${new_}'`,
  `attach ':memory:' as other`,
  `create table x as select 1`,
  `create or replace view rollouts as select 1`,
  `insert into metrics select * from metrics`,
  `update log set event = ''`,
  `delete from log`,
  `truncate log`,
  `drop view rollouts`,
  `drop table metrics`,
  `alter table metrics rename to x`,
  `merge into log using log as l on true when matched then delete`,
  `begin`,
  `commit`,
  `checkpoint`,
  `vacuum`,
  `analyze`,
  `use temp`,
  `create secret s (type s3)`,
  `create macro f() as 1`,
  `prepare p as delete from log`,
  `execute p`,
  `comment on table log is 'x'`,
  `with x as (delete from log returning *) select * from x`,
]
const settings = [
  `set enable_external_access = true`,
  `reset enable_external_access`,
  `set lock_configuration = false`,
  `set allowed_paths = ['${secret}']`,
  `set allowed_directories = ['/']`,
  `set temp_directory = '${new_}'`,
  `set memory_limit = '100GB'`,
  `set file_search_path = '/'`,
  `set variable x = 1`,
  `set log_query_path = '${new_}'`,
  `pragma enable_profiling`,
  `pragma memory_limit = '100GB'`,
  `pragma profiling_output = '${new_}'`,
  `call enable_logging()`,
  `call enable_logging(storage = 'file', storage_path = '${new_}')`,
  `select set_config('x', 'y')`,
]
const extensions = [
  `install httpfs`,
  `load httpfs`,
  `load '${secret}'`,
  `force install httpfs from community`,
  `install spatial from 'http://127.0.0.1'`,
  `update extensions`,
  `select * from st_read('${secret}')`,
  `select * from sqlite_scan('${secret}', 'x')`,
]
const files = [
  `select * from '${secret}'`,
  `select * from read_csv('${secret}')`,
  `select * from read_csv_auto('${secret}')`,
  `select * from sniff_csv('${secret}')`,
  `select * from read_text('${secret}')`,
  `select * from read_blob('${secret}')`,
  `select * from read_json('${secret}')`,
  `select * from read_ndjson_objects('${secret}')`,
  `select * from read_text('file://${secret}')`,
  `select * from read_text('${folder}/../secret.csv')`,
  `select * from read_text('${folder}/config.json')`,
  `select * from read_parquet('${rolloutPart(other, 1)}')`,
  `select * from read_parquet(['${part}', '${rolloutPart(other, 1)}'])`,
  `select * from read_parquet('${place}/*/rollouts/*.parquet')`,
  `select * from parquet_metadata('${rolloutPart(other, 1)}')`,
  `select * from parquet_schema('${rolloutPart(other, 1)}')`,
  `select * from glob('${place}/*')`,
  `select * from read_duckdb('${secret}')`,
  `from query('select * from read_text(''${secret}'')')`,
  `from query_table('${secret}')`,
  `select (select content from read_text('${secret}')) from rollouts`,
  `select * from json_execute_serialized_sql(json_serialize_sql('from read_text(''${secret}'')'))`,
  `pragma import_database('${place}')`,
  `select getenv('HOME')`,
  `select getvariable('x') from read_csv('/proc/self/environ')`,
]
const several = [
  `select 1; drop view rollouts`,
  `select 1; select 2`,
  `;`,
  ``,
  `-- nothing`,
  `select 1; copy (select 1) to '${new_}'`,
  `pivot rollouts on outcome`,
  `select $1`,
  `select ?`,
]

describe.each([
  ['writing', writes],
  ['settings', settings],
  ['extensions', extensions],
  ['other files', files],
  ['anything but one question', several],
])('%s', (_, attempts) => {
  test('is refused, nothing is written or told', async () => {
    const before = disk()
    for (const sql of attempts) {
      const found = await all(sql).then(
        rows => `answered ${JSON.stringify(rows)}`,
        error => error,
      )
      expect(found, sql).toBeInstanceOf(ConfigError)
      expect((found as Error).message, sql).not.toMatch(/SECRET(?!.*LINE)/s)
    }
    expect(disk()).toEqual(before)
    expect(await all('select count(*) from rollouts')).toEqual([[1]])
    expect(await all('select count(*) from log')).toEqual([[1]])
  })
})

test('the network is not asked', async () => {
  for (const sql of [
    `select * from '${url}'`,
    `select * from read_csv('${url}')`,
    `select * from read_text('${url}')`,
    `select * from read_parquet('${url}')`,
    `attach '${url}' as net`,
    `select * from read_parquet('s3://a/b.parquet')`,
    `select * from read_parquet('hf://datasets/a/b.parquet')`,
  ])
    await expect(all(sql), sql).rejects.toThrow(ConfigError)
  expect(asked).toBe(0)
})

test.each([
  ['time', 'select sum(a.range * b.range) from range(10000000) a, range(1000000) b'],
  ['time', 'with recursive x(i) as (select 1 union all select i + 1 from x) from x'],
  ['memory', 'select list(range) from range(100000000)'],
])('a question takes no more %s than it may: %s', async (what, sql) => {
  const seconds = what === 'time' ? 0.3 : 50
  const small = await openRuns(runsOf([folder]), { seconds, memory: 64 * 2 ** 20 })
  const ask = async (sql: string): Promise<void> => {
    for await (const _ of (await small.ask(sql)).rows());
  }
  try {
    const why = what === 'time' ? 'took more than 0.3 s; ask for less' : 'needs more than 64 MiB;'
    const found = await ask(sql).catch((error: unknown) => error)
    expect(found).toBeInstanceOf(RunError)
    expect((found as Error).message).toContain(`the question ${why}`)
  } finally {
    small.close()
  }
})

test('an abort stops a question', async () => {
  const abort = new AbortController()
  const long = runs.ask(
    'select sum(a.range * b.range) from range(10000000) a, range(1000000) b',
    abort.signal,
  )
  setTimeout(() => abort.abort(new Error('enough')), 50)
  await expect(long.then(async found => found.rows().next())).rejects.toThrow('enough')
})

test('mistakes are told with where they are', async () => {
  await expect(all('select outcom from rollouts')).rejects.toThrow(/outcome/)
  await expect(all('select group from rollouts')).rejects.toThrow(
    'the column is "group", in double',
  )
  await expect(all('select * from rollout')).rejects.toThrow(/Did you mean "rollouts"/)
})

test('what nothing interrupts, and what ends the database, ends a process of its own', async () => {
  const found = runsOf([folder])
  const endless = "select repeat('x', 2000000000)"
  const bounds = { seconds: 0.2, memory: 2 ** 30 }
  await expect(askApart(found, endless, { bounds })).rejects.toThrow('more than 0.2 s')
  const answer = await askApart(found, 'select x from range(1200) as t(x)')
  const rows = []
  for await (const row of answer.rows()) rows.push(row[0])
  expect(rows).toEqual(Array.from({ length: 1200 }, (_, i) => i))
  await expect(askApart(found, 'drop table log')).rejects.toThrow(ConfigError)
  const abort = new AbortController()
  setTimeout(() => abort.abort(new Error('enough')), 20)
  await expect(askApart(found, endless, { signal: abort.signal })).rejects.toThrow('enough')
})
