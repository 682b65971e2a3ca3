// Writes a run folder. Lines are appended and a process killed at any moment loses at most the line
// it was writing; parts and checkpoints get their name only when they are whole.
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { RunError } from '../errors.ts'
import type { Json } from '../types.ts'
import { jsonLine, wholeLines } from './json-lines.ts'
import { checkpointName, partIteration, parts, rolloutPart, unfinished } from './layout.ts'
import { encodeRollouts, type RolloutRow } from './rollout-table.ts'

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
  /** Lets `write` fill an empty folder, then gives it its name in `checkpoints/`; returns its path. */
  commitCheckpoint(write: (folder: string) => Promise<void>, name: string): Promise<string>
  close(): void
}

/** Starts a run in a folder that does not hold one; makes the folder. */
export function createRun(folder: string, config: Json): RunWriter {
  refuseFile(folder)
  for (const name of [parts.config, parts.metrics]) {
    if (existsSync(join(folder, name))) throw alreadyHolds(folder, name)
  }
  return boundary(`cannot write a run to ${folder}`, advice, () => {
    mkdirSync(join(folder, parts.rollouts), { recursive: true })
    mkdirSync(join(folder, parts.checkpoints), { recursive: true })
    // 'wx': of two processes that start at once, one gets the folder
    const text = `${JSON.stringify(config, null, 2)}\n`
    writeFileSync(join(folder, parts.config), text, { flag: 'wx' })
    return open(folder)
  })
}

/** Continues a run after an iteration: what a killed writer left torn is removed, as are rollouts past it. */
export function resumeRun(folder: string, iteration: number): RunWriter {
  refuseFile(folder)
  if (!existsSync(join(folder, parts.config))) {
    throw new RunError(`${folder} holds no run (no ${parts.config}); start one without --resume`)
  }
  return boundary(`cannot continue the run in ${folder}`, advice, () => {
    for (const name of [parts.rollouts, parts.checkpoints]) {
      mkdirSync(join(folder, name), { recursive: true })
      for (const file of readdirSync(join(folder, name))) {
        const past = name === parts.rollouts && (partIteration(file) ?? 0) > iteration
        if (past || file.startsWith(unfinished))
          rmSync(join(folder, name, file), { recursive: true })
      }
    }
    for (const name of [parts.metrics, parts.log]) mend(join(folder, name))
    return open(folder)
  })
}

const advice = 'choose a folder that you may write to with --run'

function open(folder: string): RunWriter {
  const metrics = lineWriter(join(folder, parts.metrics))
  const log = lineWriter(join(folder, parts.log))
  return {
    folder,
    metrics,
    log: (level, event, fields = {}) =>
      log({ time: new Date().toISOString(), level, event, ...fields }),
    rollouts: (iteration, rows) =>
      writeWhole(rolloutPart(folder, iteration), encodeRollouts(iteration, rows)),
    checkpointFolder: iteration => join(folder, parts.checkpoints, checkpointName(iteration)),
    commitCheckpoint: (write, name) => commit(join(folder, parts.checkpoints), name, write),
    close: () => {
      metrics.close()
      log.close()
    },
  }
}

function lineWriter(file: string): ((value: object) => void) & { close(): void } {
  let descriptor: number | null = openSync(file, 'a')
  const write = (value: object): void => {
    const fd = descriptor
    if (fd === null) throw new RunError(`cannot append to ${file}: the run is closed`)
    boundary(`cannot append to ${file}`, freeSpace, () => appendFileSync(fd, jsonLine(value)))
  }
  const close = (): void => {
    if (descriptor !== null) closeSync(descriptor)
    descriptor = null
  }
  return Object.assign(write, { close })
}

const freeSpace = 'see that the disk has space and that the folder is still there'

function writeWhole(file: string, bytes: Uint8Array): void {
  boundary(`cannot write ${file}`, freeSpace, () => {
    const temporary = join(dirname(file), unfinished + basename(file))
    writeFileSync(temporary, bytes)
    renameSync(temporary, file)
  })
}

async function commit(
  folder: string,
  name: string,
  write: (folder: string) => Promise<void>,
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
    if (existsSync(target)) renameSync(target, old) // a folder cannot be renamed onto a full one
    renameSync(temporary, target)
    rmSync(old, { recursive: true, force: true })
  })
  return target
}

function mend(file: string): void {
  if (!existsSync(file)) return
  const text = readFileSync(file, 'utf8')
  const whole = wholeLines(text)
  if (whole.length > text.length) appendFileSync(file, '\n')
  else if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole))
}

function refuseFile(folder: string): void {
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new RunError(`${folder} is a file; a run is a folder: choose another with --run`)
  }
}

function alreadyHolds(folder: string, name: string): RunError {
  return new RunError(
    `${folder} already holds a run (it has ${name}); ` +
      'choose another folder with --run, or continue this one with --resume',
  )
}

function boundary<T>(what: string, todo: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    if (cause instanceof RunError) throw cause
    throw new RunError(`${what}: ${(cause as Error).message}; ${todo}`, { cause })
  }
}
