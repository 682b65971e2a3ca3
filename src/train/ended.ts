// The end of a training that writes a model elsewhere. Killed between its last word and its last checkpoint's removal, it has
// ended; killed before that word, it goes on from its checkpoints, which are all there.

import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parts } from '../runs/layout.ts'
import { lockRun } from '../runs/lock.ts'
import { readRun } from '../runs/reader.ts'
import type { RunWriter } from '../runs/writer.ts'

const ended = 'ended' // the event of the log that says so

/** Says that what a training made is saved, then removes its checkpoints. */
export function end(run: RunWriter): void {
  run.log('info', ended)
  run.keepCheckpoints([])
}

/** Whether the training of a folder has ended; checkpoints that a kill left there are removed. */
export function hasEnded(folder: string): boolean {
  if (!existsSync(join(folder, parts.config))) return false
  const said = readRun(folder).log()
  if (!said.some(({ event }) => event === ended)) return false
  clear(folder)
  return true
}

/** Removes the checkpoints of a training, and the lock that a killed process left. Throws RunError where one still writes it. */
export function clear(folder: string): void {
  const release = lockRun(folder)
  const checkpoints = join(folder, parts.checkpoints)
  try {
    for (const name of readdirSync(checkpoints))
      rmSync(join(checkpoints, name), { recursive: true, force: true })
  } finally {
    release()
  }
}
