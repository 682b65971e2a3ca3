// Takes a run folder back to an iteration: what came after is removed, and what a killed process left half written.

import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from '../data/plain-file.ts'
import { RunError } from '../errors.ts'
import { parseJsonLines, wholeLines } from './json-lines.ts'
import { checkpointIteration, partIteration, parts, unfinished } from './layout.ts'
import { writeWhole } from './whole-file.ts'

/**
 * Removes metrics, rollouts and checkpoints past an iteration; the log is kept. Throws RunError where the metrics do not
 * reach the iteration, since then some of them are lost.
 */
export function cutRun(folder: string, iteration: number): void {
  cutMetrics(join(folder, parts.metrics), iteration)
  mendLog(join(folder, parts.log))
  const past: readonly [string, (name: string) => number | null][] = [
    [parts.rollouts, partIteration],
    [parts.checkpoints, checkpointIteration],
  ]
  for (const [part, iterationOf] of past) {
    mkdirSync(join(folder, part), { recursive: true })
    for (const name of readdirSync(join(folder, part))) {
      const gone = name.startsWith(unfinished) || (iterationOf(name) ?? 0) > iteration
      if (gone) rmSync(join(folder, part, name), { recursive: true })
    }
  }
}

function cutMetrics(file: string, iteration: number): void {
  const text = existsSync(file) ? readText(file) : ''
  const whole = wholeLines(text)
  const lines = parseJsonLines(whole, file) as unknown as { readonly iteration: number }[]
  const past = lines.findIndex(line => line.iteration > iteration)
  const kept = past < 0 ? lines.length : past
  const last = lines[kept - 1]?.iteration ?? 0
  if (last !== iteration) {
    throw new RunError(
      `${file} ends at iteration ${last}, before the checkpoint of iteration ${iteration}; ` +
        'remove that checkpoint to continue from an earlier one',
    )
  }
  const all = whole.split('\n').filter(line => line.trim() !== '')
  const cut = all
    .slice(0, kept)
    .map(line => `${line}\n`)
    .join('')
  if (cut !== text) writeWhole(file, cut, { durable: true })
}

function mendLog(file: string): void {
  if (!existsSync(file)) return
  const text = readText(file)
  const whole = wholeLines(text)
  if (whole !== text) writeWhole(file, whole)
}
