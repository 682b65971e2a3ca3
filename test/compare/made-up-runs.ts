// Run folders with metrics that were never measured, for what reads them.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createRun } from '../../src/runs/writer.ts'
import type { Json } from '../../src/types.ts'

/** A folder that is removed after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'minform-compare-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What a made-up run shows; a curve holds the values after iterations 1, 2, ... */
export interface MadeUp {
  readonly before?: readonly [sampled: number, greedy: number]
  readonly after?: readonly [sampled: number, greedy: number]
  readonly curves?: Readonly<Record<string, readonly (number | null)[]>>
  readonly warnings?: readonly { readonly event: string; readonly iteration: number }[]
  readonly error?: string
  readonly config?: Json
}

/** Writes one as a run does. */
export function writeRun(folder: string, made: MadeUp): void {
  const { before = [0.5, 0.9], after, curves = {}, warnings = [], error, config = {} } = made
  const run = createRun(folder, config)
  run.log('info', 'test accuracy before', { sampled: before[0], greedy: before[1] })
  const iterations = Math.max(0, ...Object.values(curves).map(curve => curve.length))
  for (let i = 0; i < iterations; i++) {
    const values = Object.entries(curves).flatMap(([key, curve]) =>
      curve[i] === null ? [] : [[key, curve[i]!] as const],
    )
    run.metrics({ iteration: i + 1, ...Object.fromEntries(values) })
  }
  for (const { event, iteration } of warnings) run.log('warn', event, { iteration })
  if (error !== undefined) run.log('error', 'failed', { error: new Error(error) })
  if (after) {
    run.log('info', 'test accuracy after', { sampled: after[0], greedy: after[1], iterations })
  }
  run.close()
}
