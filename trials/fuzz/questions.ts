// SQL over a run: whatever is asked, nothing is written, no other file and no variable of the process is told, and it ends.

import { mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunError } from '../../src/errors.ts'
import { type AskedRuns, openRuns } from '../../src/query/query.ts'
import { readyQuestions } from '../../src/query/ready.ts'
import { newToken } from '../../src/view/guard.ts'
import { recordedRun, runsOf } from '../../test/query/runs.ts'
import type { Target } from './targets.ts'

const bounds = { seconds: 0.3, memory: 2 ** 26 }
const secret = newToken()

interface Place {
  readonly folder: string
  readonly run: string
  readonly file: string // which nothing may show
  readonly before: string
  runs: AskedRuns
}

let place: Promise<Place> | null = null

async function opened(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'minform-fuzz-sql-'))
  const rows = [{ text: '3+4=7\n\n' }, { outcome: 0 }]
  const run = recordedRun(join(folder, 'run'), { iterations: [rows, rows] })
  const file = join(folder, 'secret.csv')
  writeFileSync(file, `a\n${secret}\n`)
  mkdirSync(join(folder, 'new'))
  process.env.MINFORM_FUZZ_SECRET = secret
  return { folder, run, file, before: diskOf(folder), runs: await openRuns(runsOf([run]), bounds) }
}

/** Each file below a folder, with its size and when it was changed. */
function diskOf(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return names
    .map(name => {
      const { size, mtimeMs } = statSync(join(folder, name))
      return `${name} ${size} ${mtimeMs}`
    })
    .join('\n')
}

async function read(bytes: Buffer): Promise<void> {
  place ??= opened()
  const at = await place
  const named = bytes.toString('utf8').replaceAll('FILE', at.file)
  const sql = named.replaceAll('RUN', at.run).replaceAll('PLACE', join(at.folder, 'new'))
  const { told, error } = await answered(at, sql)
  if (told.includes(secret)) throw new TypeError(`it tells what it must not: ${sql}`)
  if (diskOf(at.folder) !== at.before) throw new TypeError(`it writes: ${sql}`)
  if (error !== null) throw error
}

/** What a question is told, and the error that it ends with, if one does. */
async function answered(at: Place, sql: string): Promise<{ told: string; error: Error | null }> {
  let told = ''
  try {
    for await (const row of (await at.runs.ask(sql)).rows()) {
      told += JSON.stringify(row)
      if (told.length > 2 ** 20) break
    }
    return { told, error: null }
  } catch (cause) {
    const error = cause as Error
    // what was given up may still be at work: the next ones ask another database
    if (error instanceof RunError) at.runs = await openRuns(runsOf([at.run]), bounds)
    return { told: told + error.message, error }
  }
}

function seeds(): Buffer[] {
  const ready = Object.values(readyQuestions).map(({ sql }) => sql as string)
  return [
    ...ready,
    'select * from rollouts',
    'select address, text, outcome from rollouts where tokens > 3 order by 1 limit 5',
    'select run, count(*) from tokens group by all having count(*) > 1',
    'with x as (select iteration, avg(outcome) as a from rollouts group by 1) select * from x',
    "select unnest(string_split(text, '=')) from rollouts",
    'select * from metrics join log using (run)',
    'select list(score order by step) over (partition by address) from steps',
    "select regexp_replace(text, '(a+)+$', ''), json_object('a', text) from rollouts",
    "copy (select 1) to 'PLACE/x'",
    "copy rollouts to 'PLACE' (format parquet, partition_by (run))",
    "attach 'PLACE/x.db'; create table x.y as select 1",
    "export database 'PLACE'",
    "select * from read_csv('FILE')",
    "select content from read_text('FILE')",
    "select * from 'FILE'",
    "from query('select * from read_text(''FILE'')')",
    "select * from read_text('RUN/../secret.csv')",
    "select * from glob('PLACE/../*')",
    "set allowed_paths = ['FILE']; select * from read_text('FILE')",
    "select getenv('MINFORM_FUZZ_SECRET')",
    'insert into log select * from log',
    'delete from metrics',
    "install httpfs; load 'FILE'",
    'select count(*) from range(200) a, rollouts',
  ].map(text => Buffer.from(text))
}

export const questionsInSql: Target = { seeds, read }
