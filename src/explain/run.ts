// A run folder as it can be explained: what it was asked, what happened, and its iterations again.

import { z } from 'zod'
import { checked } from '../data/checked.ts'
import { type Precision, precisions } from '../engine/engine.ts'
import { RunError } from '../errors.ts'
import { type Recipe, resolve } from '../recipe.ts'
import { type LogLine, type RunReader, readRun } from '../runs/reader.ts'
import type { StoredRollout } from '../runs/rollout-table.ts'
import { lookedAt } from '../train/looked-at.ts'
import { correctedMethod } from '../train/precision.ts'
import { iterationSeed } from '../train/sampling.ts'
import type { Json } from '../types.ts'
import { type Replay, replay } from './replay.ts'

const configSchema = z.object({
  recipe: z.string(),
  recipeFile: z.string().nullable().default(null),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  maxTokens: z.int(),
  sampling: z.enum(precisions).default('float32'),
  iterations: z.int(),
  seed: z.number(),
})

/** A run, opened to be looked at. */
export interface ShownRun {
  readonly reader: RunReader
  readonly recipe: string // its name, or the file that it came from
  readonly options: Readonly<Record<string, string | number | boolean>>
  readonly iterations: number // that it was to make
  readonly seed: number
  readonly maxTokens: number
  readonly sampling: Precision // what its rollouts were drawn with
}

/** Opens a run folder, also one that is being written. Throws RunError where it holds no run that can be read. */
export function openRun(folder: string): ShownRun {
  const reader = readRun(folder)
  const wrong = (text: string): RunError => new RunError(`${folder}/config.json: ${text}`)
  const config = reader.config()
  const kind = (config as { kind?: Json } | null)?.kind
  if (typeof kind === 'string')
    throw new RunError(`${folder} is a training of the kind ${kind}, which has no rollouts`)
  const { recipeFile, recipe, ...rest } = checked(configSchema, config, wrong, { most: 3 })
  return { reader, ...rest, recipe: recipeFile ?? recipe }
}

/** The rows of an iteration. Throws RunError where it was not recorded, naming those that were. */
export async function rowsOf(
  { reader }: ShownRun,
  iteration: number,
): Promise<readonly StoredRollout[]> {
  const recorded = reader.iterations()
  if (recorded.includes(iteration)) return reader.rollouts(iteration)
  const those = recorded.length === 0 ? 'none yet' : ranges(recorded)
  throw new RunError(
    `${reader.folder} has no rollouts of iteration ${iteration}; recorded: ${those}`,
  )
}

/** Whole numbers in order, in few words: `1 to 3, 5`. */
function ranges(numbers: readonly number[]): string {
  const starts = numbers.filter((n, i) => n - 1 !== numbers[i - 1])
  const ends = numbers.filter((n, i) => n + 1 !== numbers[i + 1])
  return starts.map((from, i) => (from === ends[i] ? from : `${from} to ${ends[i]}`)).join(', ')
}

/** An iteration again. Throws RunError where the recipe cannot be built without what the run had. */
export function replayed(
  { options, maxTokens, sampling, seed }: ShownRun,
  recipe: Recipe,
  rows: readonly StoredRollout[],
): Replay {
  try {
    const said = Object.entries(options).map(([name, value]) => [name, String(value)])
    const values = resolve(recipe, Object.fromEntries(said))
    const number = rows[0]?.iteration ?? 1
    const method = correctedMethod(lookedAt(recipe, values, maxTokens), sampling)
    return replay(method, rows, iterationSeed(seed, number))
  } catch (cause) {
    const why = (cause as Error).message
    throw new RunError(`${recipe.name} cannot be built again: ${why}`, { cause })
  }
}

/** The lowest score of a rollout's steps; null where no judge scored them. */
export function worstStep({ stepRewards_S: scores }: StoredRollout): number | null {
  return scores === null || scores.length === 0 ? null : Math.min(...Array.from(scores))
}

/** What a run said, in order. An address in iterations that the run went back on, and made anew, leads there no more. */
export function eventsOf({ reader }: ShownRun): readonly LogLine[] {
  const log = reader.log()
  let kept = Number.POSITIVE_INFINITY // iterations that nothing later went back on
  const newestFirst = log.toReversed().map(({ address, ...line }): LogLine => {
    if (line.event === 'rolled back' && typeof line.to === 'number') kept = Math.min(kept, line.to)
    const gone = typeof line.iteration === 'number' && line.iteration > kept
    return address === undefined || gone ? (line as LogLine) : ({ ...line, address } as LogLine)
  })
  return newestFirst.reverse()
}

/** What a run warned of, in the order it did. */
export function warningsOf(run: ShownRun): readonly LogLine[] {
  return eventsOf(run).filter(({ level }) => level === 'warn' || level === 'error')
}
