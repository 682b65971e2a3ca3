// A run is a folder. These are the names in it, for the writer and the reader alike.
import { existsSync, readdirSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'

/** The parts of a run folder. */
export const parts = {
  config: 'config.json', // resolved, with versions and seed
  metrics: 'metrics.jsonl', // one line an iteration
  log: 'log.jsonl', // what happened, one event a line
  rollouts: 'rollouts', // one Parquet part an iteration
  checkpoints: 'checkpoints', // one folder each
  loggers: 'loggers.json', // what a run is called where its metrics go too
  lock: 'run.lock', // the process that writes, while it does
} as const

/** Whether a folder holds a run, or what is left of one. */
export function isRun(folder: string): boolean {
  const has = (name: string): boolean => existsSync(join(folder, name))
  return has(parts.metrics) || (has(parts.config) && has(parts.rollouts))
}

/** What the system says of a file; undefined where it says nothing, as of links in a circle. */
export function statOf(file: string): Stats | undefined {
  try {
    return statSync(file)
  } catch {
    return undefined
  }
}

/** What is being written is named with this prefix until it is whole. */
export const unfinished = '.unfinished-'

/** The name of an iteration's checkpoint. */
export function checkpointName(iteration: number): string {
  return `iteration-${padded(iteration)}`
}

/** The iteration of a checkpoint's name; null for another name. */
export function checkpointIteration(name: string): number | null {
  const match = /^iteration-(\d+)$/.exec(name)
  return match ? Number(match[1]) : null
}

/** The iterations of a run folder's checkpoints, in order. */
export function checkpointIterations(folder: string): number[] {
  const checkpoints = join(folder, parts.checkpoints)
  const names = existsSync(checkpoints) ? readdirSync(checkpoints) : []
  const found = names.map(checkpointIteration).filter(iteration => iteration !== null)
  return found.sort((a, b) => a - b)
}

/** The path of an iteration's rollouts in a run folder. */
export function rolloutPart(folder: string, iteration: number): string {
  return join(folder, parts.rollouts, `part-${padded(iteration)}.parquet`)
}

/** The iteration of a rollout part's file name; null for another file. */
export function partIteration(file: string): number | null {
  const match = /^part-(\d+)\.parquet$/.exec(file)
  return match ? Number(match[1]) : null
}

function padded(iteration: number): string {
  return String(iteration).padStart(5, '0')
}
