// What a reward model learns from, and what it is validated on: files of labelled solutions, or a task's own.

import { ConfigError, DataError } from '../errors.ts'
import { type ReadOptions, readLabelled } from '../prm/formats/read.ts'
import type { LabelledSolution } from '../prm/solution.ts'
import { questionOf } from '../problems/prompt.ts'
import { random } from '../random.ts'
import { openTask } from '../user/task.ts'
import { taskCorpus } from './corpus.ts'
import type { StageReport } from './plan.ts'
import { type TaskPlan, taskSolutions } from './task-solutions.ts'

/** Where labelled solutions come from. */
export type PrmSource =
  | {
      readonly kind: 'files'
      readonly files: readonly string[]
      readonly reading: Omit<ReadOptions, 'onBad'>
      readonly skipBad: boolean
      /** A file, or the share of problems that is not learned from. */
      readonly validation: string | number
    }
  | ({ readonly kind: 'task'; readonly task: string; readonly difficulty: number } & Omit<
      TaskPlan,
      'device' | 'threads' | 'seed'
    >)

export interface PrmData {
  readonly name: string
  readonly learn: readonly LabelledSolution[]
  readonly validation: readonly LabelledSolution[]
  /** Right texts of a step, as far as they are known. */
  readonly rightTexts: (solution: LabelledSolution, step: number) => readonly string[]
  readonly notes: readonly string[] // what was left out on the way
}

/** Reads or makes the data of a source. */
export function prmData(
  source: PrmSource,
  place: Pick<TaskPlan, 'device' | 'threads' | 'seed'>,
  report: StageReport,
  signal?: AbortSignal,
): Promise<PrmData> {
  return source.kind === 'files' ? fromFiles(source) : fromTask(source, place, report, signal)
}

async function fromTask(
  source: Extract<PrmSource, { kind: 'task' }>,
  place: Pick<TaskPlan, 'device' | 'threads' | 'seed'>,
  report: StageReport,
  signal?: AbortSignal,
): Promise<PrmData> {
  const corpus = taskCorpus((await openTask(source.task)).task, source.difficulty)
  const made = await taskSolutions(corpus, { ...source, ...place }, report, signal)
  return {
    name: corpus.name,
    ...made,
    rightTexts: ({ problem, steps }, step) => corpus.rightSteps(problem, steps, step),
    notes: [],
  }
}

async function fromFiles(source: Extract<PrmSource, { kind: 'files' }>): Promise<PrmData> {
  const { files, reading, skipBad, validation } = source
  const notes: string[] = []
  const read = async (file: string): Promise<LabelledSolution[]> => {
    const { solutions, bad } = await readLabelled(file, { ...reading, skipBad })
    if (bad.length > 0) notes.push(`${bad.length} rows left out: ${bad[0]!.message}`)
    return solutions
  }
  const all: LabelledSolution[] = []
  for (const file of files) for (const one of await read(file)) all.push(one)
  const split =
    typeof validation === 'number'
      ? byShare(all, validation)
      : without(all, await read(validation), notes)
  if (split.learn.length === 0)
    throw new DataError(`${files.join(', ')}: all solutions are of problems for validation`)
  return {
    name: files.join(', '),
    ...split,
    rightTexts: ({ problem }, step) => problem.solution?.slice(step, step + 1) ?? [],
    notes,
  }
}

/** A problem is learned from or validated on, by its text alone, with all its solutions. */
function byShare(
  all: readonly LabelledSolution[],
  share: number,
): Pick<PrmData, 'learn' | 'validation'> {
  if (!(share >= 0 && share < 1))
    throw new ConfigError(`the share for validation is ${share}; expected 0 or more, below 1`)
  const held = (one: LabelledSolution): boolean =>
    random(0, 'prm validation', questionOf(one.problem))() < share
  return { learn: all.filter(one => !held(one)), validation: all.filter(held) }
}

function without(
  all: readonly LabelledSolution[],
  validation: readonly LabelledSolution[],
  notes: string[],
): Pick<PrmData, 'learn' | 'validation'> {
  const held = new Set(validation.map(({ problem }) => questionOf(problem)))
  const learn = all.filter(({ problem }) => !held.has(questionOf(problem)))
  const gone = all.length - learn.length
  if (gone > 0) notes.push(`${gone} solutions left out: of problems that are validated on`)
  return { learn, validation }
}
