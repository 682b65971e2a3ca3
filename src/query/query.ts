// SQL over run folders. The database sees the parts of the runs and no other file, and cannot be told otherwise.

import { MinformError, RunError } from '../errors.ts'
import { type Bounds, usualBounds } from './bounds.ts'
import { openDatabase, seal } from './duckdb.ts'
import { type Answer, question } from './question.ts'
import { createRecords, type RunRecords, recordsOf } from './records.ts'
import { type AskedRun, createRolloutViews, type ReadableParts, readableParts } from './rollouts.ts'

/** Runs that can be asked. */
export interface AskedRuns {
  /** Runs and parts that cannot be read, and why. */
  readonly leftOut: readonly string[]
  ask(sql: string, signal?: AbortSignal): Promise<Answer>
  close(): void
}

/**
 * Opens runs, also such that are being written, as they stand. A run or a part that cannot be read is left out; throws RunError
 * where none can.
 */
export async function openRuns(
  runs: readonly AskedRun[],
  bounds: Bounds = usualBounds,
): Promise<AskedRuns> {
  const { connection, close } = await openDatabase(bounds.memory)
  try {
    const records: RunRecords[] = []
    const parts: ReadableParts[] = []
    const leftOut: string[] = []
    for (const run of runs) {
      try {
        const [record, readable] = [recordsOf(run), await readableParts(connection, run)]
        records.push(record)
        parts.push(readable)
      } catch (error) {
        if (runs.length === 1) throw error
        leftOut.push(`${run.folder} is left out: ${(error as Error).message}`)
      }
    }
    if (parts.length === 0)
      throw new RunError(['none of the runs can be read', ...leftOut].join('\n'))
    await createRecords(connection, records)
    await createRolloutViews(connection, parts)
    await seal(
      connection,
      parts.flatMap(({ files }) => files),
    )
    return {
      leftOut: [...leftOut, ...parts.flatMap(one => one.leftOut)],
      ask: (sql, signal) => question(connection, sql, bounds, signal),
      close,
    }
  } catch (cause) {
    close()
    if (cause instanceof MinformError) throw cause
    throw new RunError(`the runs cannot be asked: ${(cause as Error).message}`, { cause })
  }
}
