// What `minform prm label` labels: problems of a task or of a file, of which the policy samples solutions, or solutions of
// a file. Each piece of work stands for itself: it can be done in any process.

import { basename } from 'node:path'
import { fileRows } from '../../data/file-rows.ts'
import { ConfigError, DataError } from '../../errors.ts'
import { type FormatName, formatsOf } from '../../prm/formats/index.ts'
import { labelledSolutions } from '../../prm/formats/read.ts'
import { holdsPrompt, solutionOfRow } from '../../prm/formats/solution-rows.ts'
import { type Labelling, said } from '../../prm/label/labeler.ts'
import type { Labels } from '../../prm/label/methods/index.ts'
import {
  type LabelledProblem,
  labelSampled,
  labelWritten,
  type Skip,
  type WorkOptions,
} from '../../prm/label/work.ts'
import type { Solution } from '../../prm/solution.ts'
import { asked, type Prompt, taskFrame, textFrame } from '../../problems/prompt.ts'
import { readProblems } from '../../problems/read-problems.ts'
import { problemStream, type Split } from '../../problems/splits.ts'
import type { Json, Problem } from '../../types.ts'
import { namesFile } from '../../user/load.ts'
import { openTask } from '../../user/task.ts'
import { fingerprintOfFile } from './fingerprint.ts'

/** Where work comes from. */
export type Source =
  | {
      readonly kind: 'task'
      readonly task: string
      readonly difficulty: number
      readonly split: Split
      readonly count: number
      readonly seed: number
    }
  | { readonly kind: 'problems'; readonly file: string }
  | {
      readonly kind: 'solutions'
      readonly file: string
      readonly format: FormatName | null
    }

/** Something to label: a problem, or solutions of it. */
export interface Piece {
  readonly problem: Problem
  readonly solutions: readonly Solution[] | null // null: to be sampled
}

/** How the problems of a source are asked; those of a file that holds whole prompts again only where `anew`. */
export interface Asking {
  readonly prompt: Prompt
  readonly anew: boolean
}

/** What stands around a question of the source where no template says so. */
export async function frameOfSource(source: Source): Promise<string> {
  if (source.kind !== 'task') return textFrame
  const [first] = await taskProblems({ ...source, count: 1 })
  return taskFrame(first!)
}

/** The pieces of a source, in order; solutions that follow each other and are of one problem are one piece. */
export async function* piecesOf(source: Source, asking: Asking): AsyncGenerator<Piece> {
  if (source.kind === 'solutions') return yield* solutionPieces(source, asking)
  const problems =
    source.kind === 'task' ? await taskProblems(source) : await readProblems(source.file)
  for (const problem of problems) yield { problem: asked(problem, asking.prompt), solutions: null }
}

/** What decides the pieces: for the configuration of a file that is continued. */
export async function identityOf(source: Source): Promise<Json> {
  if (source.kind === 'task') return { ...source, ...(await contentOf(source.task)) }
  return { ...source, file: basename(source.file), content: await fingerprintOfFile(source.file) }
}

async function contentOf(task: string): Promise<{ task: string; content?: string }> {
  if (!namesFile(task)) return { task }
  return { task: basename(task), content: await fingerprintOfFile(task) }
}

/** How many pieces there are. */
export async function countOf(source: Source): Promise<number> {
  if (source.kind === 'task') return source.count
  if (source.kind === 'problems') return (await readProblems(source.file)).length
  let count = 0
  for await (const _ of solutionPieces(source, null)) count++
  return count
}

export interface LabellingOptions {
  readonly samples: number // solutions of a problem
  readonly work: WorkOptions | null
  readonly before: Problem | null // the problem that comes before it
}

/** A piece's labelling by a method. */
export function labellingOf(
  { problem, solutions }: Piece,
  labels: Labels,
  { samples, work, before }: LabellingOptions,
): Labelling<LabelledProblem> {
  if (labels.kind === 'problem') return labels.label(problem, before)
  if (work === null) throw new ConfigError('--model is needed, the folder of the policy')
  return solutions === null
    ? labelSampled(problem, labels.labeler, samples, work)
    : labelWritten(problem, solutions, labels.labeler, work)
}

/** The labelling of a problem that has none. */
export function passedOver(problem: Problem, skipped: Skip): Labelling<LabelledProblem> {
  return said({ problem, labelled: [], skipped })
}

async function taskProblems({
  task,
  count,
  ...options
}: Extract<Source, { kind: 'task' }>): Promise<Iterable<Problem>> {
  return firstOf(problemStream((await openTask(task)).task, options), count)
}

function* firstOf(problems: Iterator<Problem, never>, count: number): Generator<Problem> {
  for (let i = 0; i < count; i++) yield problems.next().value
}

async function* solutionPieces(
  source: Extract<Source, { kind: 'solutions' }>,
  asking: Asking | null, // null: only to be counted
): AsyncGenerator<Piece> {
  let piece: { problem: Problem; solutions: Solution[] } | null = null
  for await (const solution of solutionsIn(source, asking)) {
    const { problem } = solution
    if (piece && sameProblem(piece.problem, problem)) piece.solutions.push(solution)
    else {
      if (piece) yield piece
      piece = { problem, solutions: [solution] }
    }
  }
  if (piece === null) throw new DataError(`${source.file}: no solutions; expected one a row`)
  yield piece
}

function sameProblem(a: Problem, b: Problem): boolean {
  return a.id === b.id && a.prompt === b.prompt && a.answer === b.answer
}

/** The solutions of a file, with prompts that the policy continues; their names are unlike each other. */
async function* solutionsIn(
  { file, format }: Extract<Source, { kind: 'solutions' }>,
  asking: Asking | null,
): AsyncGenerator<Solution> {
  const found = format ?? (await formatOfFile(file))
  const solutions = found === null ? plainSolutions(file) : formattedSolutions(file, found)
  const seen = new Set<string>()
  for await (const { whole, ...solution } of solutions) {
    if (seen.has(solution.id))
      throw new DataError(`${file}: the id ${JSON.stringify(solution.id)} is there twice`)
    seen.add(solution.id)
    const { problem } = solution
    const asks = asking !== null && (asking.anew || !whole)
    yield { ...solution, problem: asks ? asked(problem, asking.prompt) : problem }
  }
}

/** A solution, and whether its problem's prompt is what a policy was asked: then it stays. */
type Found = Solution & { readonly whole: boolean }

async function* formattedSolutions(file: string, format: FormatName): AsyncGenerator<Found> {
  const reading = { format, emptySteps: true, neutral: 'unknown' } as const
  const whole = format === 'minform' // another format holds the question
  for await (const solution of labelledSolutions(file, reading)) yield { ...solution, whole }
}

async function* plainSolutions(file: string): AsyncGenerator<Found> {
  for await (const { value, at, where, broken } of fileRows(file)) {
    if (broken !== null) throw new DataError(`${where}: ${broken}`)
    const solution = solutionOfRow(value, { where, id: at.replace(/^:/, '') })
    yield { ...solution, whole: holdsPrompt(value) }
  }
}

/** The format of a file's first row; null for solutions that have no labels. */
async function formatOfFile(file: string): Promise<FormatName | null> {
  for await (const { value } of fileRows(file)) {
    const [found, ...others] = formatsOf(value)
    if (others.length === 0) return found ?? null
    throw new ConfigError(
      `${file} may be of the formats ${[found, ...others].join(', ')}; say which with --format`,
    )
  }
  throw new DataError(`${file}: no solutions; expected one a row`)
}
