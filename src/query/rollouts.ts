// Runs' Parquet parts as two views: a row a rollout, a row a step. Columns that only some runs have are null of the others.

import { closeSync, fstatSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { openFileSync } from '../data/plain-file.ts'
import { addressOf } from '../runs/address.ts'
import type { RunFolder } from '../runs/folders.ts'
import { rolloutPart } from '../runs/layout.ts'
import { readRun } from '../runs/reader.ts'
import { literal, named, quoted } from './duckdb.ts'

/** A run, and what its addresses begin with. */
export interface AskedRun extends RunFolder {
  readonly address: string
}

/** The parts of a run that can be read, and what is told of those that cannot. */
export interface ReadableParts {
  readonly run: AskedRun
  readonly files: readonly string[]
  readonly leftOut: readonly string[]
}

/** What every rollout has, so that a run that recorded none yet, or lacks one, can be asked too. */
const base: Readonly<Record<string, string>> = {
  ...{ iteration: 'INTEGER', group: 'INTEGER', rollout: 'INTEGER' },
  ...{ problem: 'VARCHAR', answer: 'VARCHAR', prompt: 'VARCHAR', text: 'VARCHAR' },
  ...{ prompt_ids: 'INTEGER[]', ids: 'INTEGER[]' },
  steps: 'STRUCT("start" INTEGER, "end" INTEGER, "text" VARCHAR, state VARCHAR)[]',
  spans: 'STRUCT("start" INTEGER, "end" INTEGER, "role" VARCHAR)[]',
  branch: 'STRUCT(parent INTEGER, at_token INTEGER)',
  ...{ origin: 'VARCHAR', stop: 'VARCHAR', weight_version: 'INTEGER' },
  ...{ logprobs: 'FLOAT[]', sampled_logprobs: 'FLOAT[]', outcome: 'DOUBLE' },
  ...{
    step_labels: 'BOOLEAN[]',
    step_rewards: 'FLOAT[]',
    advantages: 'FLOAT[]',
    learned: 'BOOLEAN',
  },
}

/** The parts of a run; one that is torn or damaged is left out, and named. */
export async function readableParts(
  connection: DuckDBConnection,
  run: AskedRun,
): Promise<ReadableParts> {
  const { folder } = run
  const all = readRun(folder)
    .iterations()
    .map(iteration => resolve(rolloutPart(folder, iteration)))
  const found = all.map(file => ({ file, wrong: isWhole(file) ? null : 'it is torn' }))
  const whole = found.filter(({ wrong }) => wrong === null)
  if ((await wrongWith(connection, all)) !== null)
    for (const one of whole) one.wrong = await wrongWith(connection, [one.file])
  return {
    run,
    files: found.filter(({ wrong }) => wrong === null).map(({ file }) => file),
    leftOut: found.flatMap(({ file, wrong }) =>
      wrong === null ? [] : [`${file} is left out: ${wrong}`],
    ),
  }
}

/** Whether a Parquet file begins and ends as one: a copy that was cut off does not. */
function isWhole(file: string): boolean {
  const descriptor = openFileSync(file)
  try {
    const { size } = fstatSync(descriptor)
    const at = (position: number): string => {
      const bytes = Buffer.alloc(4)
      readSync(descriptor, bytes, 0, 4, position)
      return bytes.toString('latin1')
    }
    return size >= 12 && at(0) === 'PAR1' && at(size - 4) === 'PAR1'
  } finally {
    closeSync(descriptor)
  }
}

/** Why the columns of files cannot be told; null where they can. */
async function wrongWith(connection: DuckDBConnection, files: readonly string[]) {
  if (files.length === 0) return null
  try {
    await connection.run(`describe select * from ${tableOf(files)}`)
    return null
  } catch (error) {
    return (error as Error).message.split('\n')[0]!
  }
}

function tableOf(files: readonly string[]): string {
  const names = files.map(file => quoted(literal(file))).join(', ')
  // a folder named lr=0.1 is no column
  return `read_parquet([${names}], union_by_name = true, hive_partitioning = false)`
}

/** Makes the views `rollouts` and `steps`. */
export async function createRolloutViews(
  connection: DuckDBConnection,
  runs: readonly ReadableParts[],
): Promise<void> {
  const typed = Object.entries(base).map(([name, type]) => `null::${type} as ${named(name)}`)
  const empty = `select null::VARCHAR as run, null::VARCHAR as folder, ${typed.join(', ')} where false`
  const each = runs
    .filter(({ files }) => files.length > 0)
    .map(
      ({ run: { id, address }, files }) =>
        `select ${quoted(id)} as run, ${quoted(addressOf({}, address))} as folder, * from ${tableOf(files)}`,
    )
  await connection.run(`create view rollouts as
    select run, iteration, "group", rollout,
      folder || '/' || iteration || '/' || "group" || '/' || rollout as address,
      problem, answer, outcome,
      len(ids)::INTEGER as tokens,
      len(steps)::INTEGER as step_count,
      list_min(step_rewards) as worst_step,
      list_avg(advantages) as advantage,
      * exclude (run, folder, iteration, "group", rollout, problem, answer, outcome)
    from (${[empty, ...each].join('\nunion all by name\n')})`)
  await connection.run(stepsView(await columnsOf(connection, 'rollouts')))
}

/** A row a step; `credit_x` and `advantage` are means over its tokens. */
function stepsView(columns: readonly string[]): string {
  const over = (list: string): string => `list_avg(${named(list)}[span."start" + 1 : span."end"])`
  const credits = columns
    .filter(name => name.startsWith('returns_'))
    .map(name => `${over(name)} as ${named(name.replace('returns_', 'credit_'))},`)
  return `create view steps as
    select run, iteration, "group", rollout, step,
      address || '/' || span."start" as address,
      problem, answer, outcome,
      step_rewards[step + 1] as score,
      step_labels[step + 1] as label,
      ${credits.join('\n')}
      ${over('advantages')} as advantage,
      span."start" as first_token,
      span."end" - span."start" as tokens,
      span.state as state,
      span."text" as text
    from (select *, steps[step + 1] as span
      from (select *, unnest(range(len(steps)))::INTEGER as step from rollouts))`
}

async function columnsOf(connection: DuckDBConnection, table: string): Promise<string[]> {
  const found = await connection.runAndReadAll(`describe ${table}`)
  return found.getRows().map(([name]) => String(name))
}
