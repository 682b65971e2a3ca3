// Writes a run folder. Lines are appended and a process killed at any moment loses at most the line
// it was writing; parts and checkpoints get their name only when they are whole.

import {
  accessSync,
  appendFileSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { readText } from '../data/plain-file.ts'
import { RunError } from '../errors.ts'
import type { Json } from '../types.ts'
import { cutRun } from './cut.ts'
import { jsonLine } from './json-lines.ts'
import {
  checkpointIteration,
  checkpointIterations,
  checkpointName,
  parts,
  rolloutPart,
  unfinished,
} from './layout.ts'
import { lockRun } from './lock.ts'
import { encodeRollouts, type RolloutRow } from './rollout-table.ts'
import {
  boundary,
  freeSpace,
  syncFolder,
  waitForDisk,
  waitForFolder,
  writeWhole,
} from './whole-file.ts'

/** One line of metrics: keys are `stage/what`. */
export interface MetricsLine {
  readonly iteration: number
  readonly [key: string]: number | string | boolean | null
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What writes one run. */
export interface RunWriter {
  readonly folder: string
  /** Appends one iteration's metrics; a number that is not finite is written as null. */
  metrics(line: MetricsLine): void
  /** Writes one iteration's rollouts as a Parquet part. */
  rollouts(iteration: number, rows: readonly RolloutRow[]): void
  /** Appends one event to the log. */
  log(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void
  /** Where an iteration's checkpoint lies once it is committed. */
  checkpointFolder(iteration: number): string
  /**
   * Lets `write` fill an empty folder, then gives it its name in `checkpoints/`; returns its path. What was written of the
   * run before is on disk then.
   */
  commitCheckpoint(write: (folder: string) => Promise<void>, name: string): Promise<string>
  /** Removes the checkpoints of all other iterations. */
  keepCheckpoints(iterations: readonly (number | undefined)[]): void
  /** Removes everything past an iteration but the log. */
  cut(iteration: number): void
  /** Ends writing; another process may write the run then. */
  close(): void
}

/** Refuses, with a RunError, a folder in which no run can be started; makes nothing. */
export function requireFree(folder: string): void {
  refuseFile(folder)
  for (const name of [parts.config, parts.metrics]) {
    if (existsSync(join(folder, name))) throw alreadyHolds(folder, name)
  }
  boundary(`cannot write a run to ${folder}`, advice, () => {
    let there = resolve(folder)
    while (!existsSync(there)) there = dirname(there)
    if (!statSync(there).isDirectory()) throw new Error(`${there} is a file`)
    accessSync(there, constants.W_OK)
    for (const name of [parts.rollouts, parts.checkpoints]) {
      if (isFilled(join(folder, name))) throw leftIn(folder, name)
    }
  })
}

/** Starts a run in a folder that does not hold one; makes the folder. */
export function createRun(folder: string, config: Json): RunWriter {
  requireFree(folder)
  return boundary(`cannot write a run to ${folder}`, advice, () => {
    mkdirSync(join(folder, parts.rollouts), { recursive: true })
    mkdirSync(join(folder, parts.checkpoints), { recursive: true })
    const release = lockRun(folder)
    try {
      // 'wx': of two processes that start at once, one gets the folder
      writeFileSync(join(folder, parts.config), textOf(config), { flag: 'wx' })
      return open(folder, release)
    } catch (error) {
      release()
      throw error
    }
  })
}

/**
 * Continues a run after an iteration, that of its last checkpoint where none is named, its start where it has none. What is
 * past it is removed, and what a killed writer left torn; a configuration that is given replaces the one that is there.
 * Throws RunError while another process writes the run.
 */
export function resumeRun(
  folder: string,
  { iteration, config }: { readonly iteration?: number; readonly config?: Json } = {},
): RunWriter {
  requireRun(folder)
  return boundary(`cannot continue the run in ${folder}`, advice, () => {
    const release = lockRun(folder)
    try {
      cutRun(folder, iteration ?? checkpointIterations(folder).at(-1) ?? 0)
      if (config !== undefined) replaceConfig(folder, config)
      return open(folder, release)
    } catch (error) {
      release()
      throw error
    }
  })
}

function replaceConfig(folder: string, config: Json): void {
  const [file, text] = [join(folder, parts.config), textOf(config)]
  if (readText(file) !== text) writeWhole(file, text, { durable: true })
}

function textOf(config: Json): string {
  return `${JSON.stringify(config, null, 2)}\n`
}

/** Refuses a folder that holds no run. */
export function requireRun(folder: string): void {
  refuseFile(folder)
  if (existsSync(join(folder, parts.config))) return
  throw new RunError(`${folder} holds no run (no ${parts.config}); start one without --resume`)
}

const advice = 'choose a folder that you may write to with --run'

function open(folder: string, release: () => void): RunWriter {
  const files = [parts.metrics, parts.log].map(name => join(folder, name)) as [string, string]
  const [metrics, log] = files.map(file => lineWriter(file)) as [LineWriter, LineWriter]
  const checkpoints = join(folder, parts.checkpoints)
  const all = [join(folder, parts.config), ...files]
  const loose = new Set<string>() // parts that are not known to be on disk
  return {
    folder,
    metrics: metrics.write,
    log: (level, event, fields = {}) =>
      log.write({ time: new Date().toISOString(), level, event, ...fields }),
    rollouts: (iteration, rows) => {
      const part = rolloutPart(folder, iteration)
      writeWhole(part, encodeRollouts(iteration, rows))
      loose.add(part)
    },
    checkpointFolder: iteration => join(checkpoints, checkpointName(iteration)),
    commitCheckpoint: (write, name) =>
      commit(checkpoints, name, write, () => {
        for (const file of [...all, ...loose]) if (existsSync(file)) waitForDisk(file)
        loose.clear()
        for (const name of ['.', parts.rollouts]) syncFolder(join(folder, name))
      }),
    keepCheckpoints: iterations => {
      for (const name of readdirSync(checkpoints)) {
        const iteration = checkpointIteration(name)
        if (iteration !== null && !iterations.includes(iteration))
          remove(join(checkpoints, name), join(checkpoints, unfinished + name))
      }
    },
    cut: iteration =>
      boundary(`cannot cut the run in ${folder}`, freeSpace, () => cutRun(folder, iteration)),
    close: () => {
      if (metrics.close()) release()
      log.close()
    },
  }
}

interface LineWriter {
  write(value: object): void
  close(): boolean // whether it was open
}

/** Appends lines; the file is opened for each, so that one that has been replaced or removed is noticed. */
function lineWriter(file: string): LineWriter {
  appendFileSync(file, '')
  let isOpen = true
  return {
    write: value => {
      if (!isOpen) throw new RunError(`cannot append to ${file}: the run is closed`)
      boundary(`cannot append to ${file}`, freeSpace, () => appendFileSync(file, jsonLine(value)))
    },
    close: () => {
      const was = isOpen
      isOpen = false
      return was
    },
  }
}

/** A folder under its name is whole, also while it is being removed. */
function remove(folder: string, spent: string): void {
  rmSync(spent, { recursive: true, force: true })
  renameSync(folder, spent)
  rmSync(spent, { recursive: true, force: true })
}

async function commit(
  folder: string,
  name: string,
  write: (folder: string) => Promise<void>,
  before: () => void,
): Promise<string> {
  if (name === '' || basename(name) !== name || name.startsWith('.')) {
    throw new RangeError(`commitCheckpoint: '${name}' is not a folder name`)
  }
  const [target, temporary, old] = [name, unfinished + name, `${unfinished}old-${name}`].map(n =>
    join(folder, n),
  ) as [string, string, string]
  const failure = `cannot write the checkpoint ${target}`
  boundary(failure, freeSpace, () => {
    rmSync(temporary, { recursive: true, force: true })
    mkdirSync(temporary)
  })
  try {
    await write(temporary)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    throw error
  }
  boundary(failure, freeSpace, () => {
    before()
    waitForFolder(temporary)
    if (existsSync(target)) renameSync(target, old) // a folder cannot be renamed onto a full one
    renameSync(temporary, target)
    syncFolder(folder)
    rmSync(old, { recursive: true, force: true })
  })
  return target
}

function refuseFile(folder: string): void {
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new RunError(`${folder} is a file; a run is a folder: choose another with --run`)
  }
}

function isFilled(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0
}

function leftIn(folder: string, name: string): RunError {
  return new RunError(
    `${folder} has what is left of a run in ${name}, without its ${parts.config}; ` +
      'remove it, or choose another folder with --run',
  )
}

function alreadyHolds(folder: string, name: string): RunError {
  return new RunError(
    `${folder} already holds a run (it has ${name}); ` +
      'choose another folder with --run, or continue this one with --resume',
  )
}
