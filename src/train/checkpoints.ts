// What a run continues from: the models that learn, with their optimizers, and where the training stood. All seeds derive
// from the run's seed and an iteration's number, and problems come in a fixed order, so the number of iterations is the
// state of every generator.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { checked } from '../data/checked.ts'
import { readBytes, readText } from '../data/plain-file.ts'
import type { Engine, SaveOptions } from '../engine/engine.ts'
import { RunError } from '../errors.ts'
import type { Evaluation } from '../eval/accuracy.ts'
import type { Prompt } from '../problems/prompt.ts'
import { checkpointName } from '../runs/layout.ts'
import { decodeRollouts, encodeRollouts, groupsOf, rolloutRows } from '../runs/rollout-table.ts'
import { writeWhole } from '../runs/whole-file.ts'
import type { RunWriter } from '../runs/writer.ts'
import type { Group, Json, Problem } from '../types.ts'
import { type AlarmState, nothingSeen } from './alarms.ts'
import { keepPrompt } from './prompting.ts'

const stateFile = 'training.json'
const aheadFile = 'ahead.parquet' // rollouts of the next iteration, where they were sampled ahead

/** Where a training stood after an iteration. */
export interface TrainingState {
  readonly done: number // iterations
  readonly before: Evaluation // of the policy that training began with, on the test problems
  readonly start: number | null // its validation accuracy; null where none is measured
  readonly best: Validated | null // the highest validation accuracy so far; of equal ones the last
  readonly alarms: AlarmState
  readonly rollbacks: number
  readonly rateScale: number // of the learning rate, which rollbacks lower
  readonly drawn: number // problems that the iterations have drawn
  readonly memory: Json // what the method remembers of them
}

/** Where a training stands before its first iteration. */
export function startState(before: Evaluation, start: number | null = null): TrainingState {
  const none = {
    best: null,
    alarms: nothingSeen,
    rollbacks: 0,
    rateScale: 1,
    drawn: 0,
    memory: null,
  }
  return { done: 0, before, start, ...none }
}

/** A validation accuracy, and the iteration after which it was measured. */
export interface Validated {
  readonly iteration: number
  readonly accuracy: number
}

/** What a checkpoint holds: models that learn, by the folder of each; the policy's is the checkpoint itself. */
export interface Learning {
  readonly policy: Engine
  readonly beside: readonly Engine[]
  readonly tokenizerFolder: string
  readonly prompt?: Prompt | null // what the policy is asked by; default null: it is not kept
}

const share = z
  .number()
  .nullable()
  .transform(value => value ?? Number.NaN) // JSON has no NaN
const shares = z.record(z.string(), share)
const count = z.number().int().nonnegative()
const stateSchema = z.object({
  done: count,
  before: z.object({
    sampled: share,
    greedy: share,
    passAtN: share,
    samples: count,
    graded: count,
    reward: share,
  }),
  start: z.number().nullable(),
  best: z.object({ iteration: count, accuracy: z.number() }).nullable(),
  alarms: z.object({
    seen: count,
    start: shares,
    since: shares,
    raised: z.array(z.string()),
    trend: z.object({ accuracy: z.number(), best: z.number() }).nullable(),
  }),
  rollbacks: count,
  rateScale: z.number().positive(),
  drawn: count,
  memory: z.json(),
})

/**
 * Writes a checkpoint, with what was sampled ahead of it; returns its folder. Throws RunError or DataError where it cannot, as
 * on a full disk.
 */
export function saveCheckpoint(
  run: RunWriter,
  { policy, beside, tokenizerFolder, prompt = null }: Learning,
  state: TrainingState,
  ahead: readonly Group[] | null = null,
): Promise<string> {
  return run.commitCheckpoint(async folder => {
    await policy.save(folder, { tokenizer: tokenizerFolder, ...learnedOf(policy) })
    keepPrompt(folder, prompt)
    for (const [i, engine] of beside.entries())
      await engine.save(besideFolder(folder, i), learnedOf(engine))
    if (ahead !== null) writeFileSync(join(folder, aheadFile), encodeAhead(state.done + 1, ahead))
    writeFileSync(join(folder, stateFile), textOf(state))
  }, checkpointName(state.done))
}

/** What of a model has to be saved to learn on: its adapter alone where the rest stays as it is. */
export function learnedOf({ base }: Engine): SaveOptions {
  return { optimizer: true, merge: base === null }
}

/** Makes the models those of a checkpoint; returns where the training stood. Throws RunError or DataError where it cannot. */
export async function restoreCheckpoint(
  folder: string,
  { policy, beside }: Learning,
): Promise<TrainingState> {
  const state = readState(folder)
  await policy.restore(folder)
  for (const [i, engine] of beside.entries()) await engine.restore(besideFolder(folder, i))
  return state
}

/**
 * Makes groups, of the problems of the next iteration, of what a checkpoint has of it; null where nothing was sampled ahead.
 * Throws RunError for a file that is damaged, or of other problems.
 */
export async function readAhead(
  folder: string,
): Promise<((problems: readonly Problem[]) => readonly Group[]) | null> {
  const file = join(folder, aheadFile)
  if (!existsSync(file)) return null
  const failure = (cause: unknown) => damaged(folder, file, (cause as Error).message, cause)
  const rows = await decodeRollouts(readBytes(file)).catch(cause => {
    throw failure(cause)
  })
  return problems => {
    try {
      return groupsOf(rows, problems)
    } catch (cause) {
      throw failure(cause)
    }
  }
}

function encodeAhead(iteration: number, groups_P: readonly Group[]): Uint8Array {
  const unjudged = { rewards: null, streams: null, advantages_G_T: null, learned_G: null }
  return encodeRollouts(iteration, rolloutRows(groups_P.map(group => ({ group, ...unjudged }))))
}

/** Where the training stood at a checkpoint. */
export function readState(folder: string): TrainingState {
  const file = join(folder, stateFile)
  const failure = (why: string, cause?: unknown): RunError => damaged(folder, file, why, cause)
  let json: unknown
  try {
    json = JSON.parse(readText(file))
  } catch (cause) {
    throw failure((cause as Error).message, cause)
  }
  return checked(stateSchema, json, failure, { most: 3 })
}

function damaged(folder: string, file: string, why: string, cause?: unknown): RunError {
  return new RunError(
    `cannot continue from ${folder}: ${file}: ${why}; remove that checkpoint to continue from an earlier one`,
    { cause },
  )
}

/** Replaces what a checkpoint says of the training, all or not at all. */
export function rewriteState(folder: string, state: TrainingState): void {
  writeWhole(join(folder, stateFile), textOf(state), { durable: true })
}

/** Share of the time that saving may take where nobody says how often to save. */
const savingShare = 0.02

/** Says when a checkpoint is due: every so many iterations, or (null) as soon as the last one's cost is a small share. */
export function pace(
  every: number | null,
  now: () => number = () => performance.now(),
): { due(iteration: number): boolean; saving<T>(save: () => Promise<T>): Promise<T> } {
  let [last, cost] = [now(), 0]
  return {
    due: iteration =>
      every === null ? cost <= savingShare * (now() - last) : iteration % every === 0,
    saving: async save => {
      const started = now()
      const saved = await save()
      last = now()
      cost = last - started
      return saved
    },
  }
}

/** The newest checkpoint of every `every` iterations from before an iteration; null where there is none. */
export function rollbackTarget(
  iterations: readonly number[],
  { every, suspect }: { readonly every: number; readonly suspect: number | null },
): number | null {
  const fits = (one: number): boolean => one % every === 0 && one < (suspect ?? Infinity)
  return iterations.findLast(fits) ?? null
}

function besideFolder(folder: string, index: number): string {
  return join(folder, `beside-${index + 1}`)
}

function textOf(state: TrainingState): string {
  return `${JSON.stringify(state, null, 2)}\n`
}
