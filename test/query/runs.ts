import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AskedRun } from '../../src/query/rollouts.ts'
import { runFolders } from '../../src/runs/folders.ts'
import type { RolloutRow } from '../../src/runs/rollout-table.ts'
import { createRun, type MetricsLine } from '../../src/runs/writer.ts'
import { row } from '../runs/rows.ts'

/** The runs in some places, as `minform query` asks them. */
export function runsOf(places: readonly string[]): AskedRun[] {
  const runs = runFolders(places).all()
  return runs.map(run => ({ ...run, address: run.folder }))
}

/** A folder of its own for a test. */
export function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'minform-query-'))
}

export interface Recorded {
  readonly config?: Readonly<Record<string, string | number>>
  readonly iterations?: readonly (readonly Partial<RolloutRow>[])[]
  readonly metrics?: readonly MetricsLine[]
}

/** A run folder: one part an iteration, its rollouts numbered in one group. */
export function recordedRun(
  folder: string,
  { config = {}, iterations = [], metrics = [] }: Recorded = {},
): string {
  const run = createRun(folder, { recipe: 'pure-prm-vr', seed: 7, ...config })
  for (const [i, rows] of iterations.entries())
    run.rollouts(
      i + 1,
      rows.map((changes, rollout) => row({ rollout, ...changes })),
    )
  for (const line of metrics) run.metrics(line)
  run.log('warn', 'alarm: short', { iteration: 1, pattern: 'empty-step' })
  run.close()
  return folder
}
