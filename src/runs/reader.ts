// Reads a run folder, while it is written or after. Whatever shows a run reads it through here.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readBytes } from '../data/plain-file.ts'
import { RunError } from '../errors.ts'
import type { Json } from '../types.ts'
import { parseJsonLines } from './json-lines.ts'
import { partIteration, parts, rolloutPart, unfinished } from './layout.ts'
import { decodeRollouts, type StoredRollout } from './rollout-table.ts'
import type { LogLevel, MetricsLine } from './writer.ts'

/** One event of a run's log. */
export interface LogLine {
  readonly time: string // ISO 8601
  readonly level: LogLevel
  readonly event: string
  readonly [field: string]: Json
}

/** What reads one run; every call reads the files anew. */
export interface RunReader {
  readonly folder: string
  config(): Json
  /** One line an iteration; an iteration that a resumed run repeated counts once, as repeated. */
  metrics(): readonly MetricsLine[]
  log(): readonly LogLine[]
  /** The iterations whose rollouts are stored, in order. */
  iterations(): readonly number[]
  rollouts(iteration: number): Promise<readonly StoredRollout[]>
  /** Paths of the whole checkpoints, in order of name. */
  checkpoints(): readonly string[]
}

/** Opens a run folder for reading. */
export function readRun(folder: string): RunReader {
  if (!existsSync(join(folder, parts.config))) {
    throw new RunError(`${folder} holds no run: it has no ${parts.config}`)
  }
  return {
    folder,
    config: () => parseConfig(join(folder, parts.config)),
    metrics: () => lastOfEach(metricsOf(join(folder, parts.metrics))),
    log: () => records(join(folder, parts.log)) as unknown as LogLine[],
    iterations: () =>
      names(join(folder, parts.rollouts))
        .map(partIteration)
        .filter(iteration => iteration !== null)
        .sort((a, b) => a - b),
    rollouts: iteration => readPart(rolloutPart(folder, iteration)),
    checkpoints: () =>
      names(join(folder, parts.checkpoints))
        .filter(name => !name.startsWith(unfinished))
        .sort()
        .map(name => join(folder, parts.checkpoints, name)),
  }
}

function parseConfig(file: string): Json {
  try {
    return JSON.parse(bytesOf(file).toString('utf8')) as Json
  } catch (cause) {
    throw new RunError(`cannot read ${file}: ${(cause as Error).message}`, { cause })
  }
}

/** The lines of a file, each of which is an object. */
function records(file: string): Readonly<Record<string, Json>>[] {
  if (!existsSync(file)) return []
  const values = parseJsonLines(bytesOf(file).toString('utf8'), file)
  const other = values.find(one => typeof one !== 'object' || one === null || Array.isArray(one))
  if (other !== undefined)
    throw new RunError(`${file}: expected an object a line, found ${JSON.stringify(other)}`)
  return values as Readonly<Record<string, Json>>[]
}

function metricsOf(file: string): MetricsLine[] {
  const lines = records(file)
  const other = lines.find(({ iteration }) => !Number.isInteger(iteration))
  if (other !== undefined)
    throw new RunError(`${file}: expected an iteration in each line, found ${other.iteration}`)
  return lines as unknown as MetricsLine[]
}

/** What a file holds; whoever made the folder may have put there what never ends. */
function bytesOf(file: string): Buffer {
  if (!statSync(file).isFile()) throw new RunError(`${file} is no file`)
  return readBytes(file)
}

function names(folder: string): string[] {
  if (!existsSync(folder)) return []
  if (!statSync(folder).isDirectory()) throw new RunError(`${folder} is no folder`)
  return readdirSync(folder)
}

/** A resumed run repeats iterations: what was written from there on before is void. */
function lastOfEach(lines: readonly MetricsLine[]): MetricsLine[] {
  const kept: MetricsLine[] = []
  for (const line of lines) {
    while (kept.length > 0 && (kept.at(-1) as MetricsLine).iteration >= line.iteration) kept.pop()
    kept.push(line)
  }
  return kept
}

async function readPart(file: string): Promise<StoredRollout[]> {
  try {
    return await decodeRollouts(bytesOf(file))
  } catch (cause) {
    throw new RunError(`cannot read the rollouts ${file}: ${(cause as Error).message}`, { cause })
  }
}
