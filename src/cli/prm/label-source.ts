// What `minform prm label` labels: problems of a task or of a file, of which the policy samples solutions, or solutions of
// a file. Each piece of work stands for itself: it can be done in any process.

import { basename } from 'node:path'
import { ConfigError, DataError } from '../../errors.ts'
import { fileRows } from '../../prm/formats/file-rows.ts'
import { type FormatName, formatsOf } from '../../prm/formats/index.ts'
import { labelledSolutions } from '../../prm/formats/read.ts'
import { solutionOfRow } from '../../prm/formats/solution-rows.ts'
import type { Labelling } from '../../prm/label/labeler.ts'
import type { Labels } from '../../prm/label/methods.ts'
import {
  type LabelledProblem,
  labelSampled,
  labelWritten,
  type Skip,
  type WorkOptions,
} from '../../prm/label/work.ts'
import type { Solution } from '../../prm/solution.ts'
import { defaultTemplate, readProblems } from '../../problems/jsonl.ts'
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
  | { readonly kind: 'problems'; readonly file: string; readonly template: string | null }
  | {
      readonly kind: 'solutions'
      readonly file: string
      readonly template: string | null
      readonly format: FormatName | null
    }

/** Something to label: a problem, or solutions of it. */
export interface Piece {
  readonly problem: Problem
  readonly solutions: readonly Solution[] | null // null: to be sampled
}

/** The pieces of a source, in order; solutions that follow each other and are of one problem are one piece. */
export async function* piecesOf(source: Source): AsyncGenerator<Piece> {
  if (source.kind === 'solutions') return yield* solutionPieces(source)
  const problems =
    source.kind === 'task'
      ? await taskProblems(source)
      : readProblems(source.file, source.template === null ? {} : { template: source.template })
  for (const problem of problems) yield { problem, solutions: null }
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
  let count = 0
  for await (const _ of piecesOf(source)) count++
  return count
}

/** A piece's labelling by a method. */
export function labellingOf(
  { problem, solutions }: Piece,
  labels: Labels,
  samples: number,
  work: WorkOptions | null,
): Labelling<LabelledProblem> {
  if (labels.kind === 'problem') return said(labels.labelled(problem))
  if (work === null) throw new ConfigError('--model is needed, the folder of the policy')
  return solutions === null
    ? labelSampled(problem, labels.labeler, samples, work)
    : labelWritten(problem, solutions, labels.labeler, work)
}

/** The labelling of a problem that has none. */
export function passedOver(problem: Problem, skipped: Skip): Labelling<LabelledProblem> {
  return said({ problem, labelled: [], skipped })
}

// biome-ignore lint/correctness/useYield: there is nothing to ask
function* said<T>(value: T): Labelling<T> {
  return value
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
): AsyncGenerator<Piece> {
  let piece: { problem: Problem; solutions: Solution[] } | null = null
  for await (const solution of solutionsIn(source)) {
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
async function* solutionsIn({
  file,
  template,
  format,
}: Extract<Source, { kind: 'solutions' }>): AsyncGenerator<Solution> {
  const found = format ?? (await formatOfFile(file))
  // minform's own record holds the whole prompt, another format the question
  const frame = template ?? (found === 'minform' || found === null ? '{question}' : defaultTemplate)
  if (!frame.includes('{question}'))
    throw new ConfigError(`--template ${JSON.stringify(frame)} does not hold {question}`)
  const solutions =
    found === null
      ? plainSolutions(file)
      : labelledSolutions(file, { format: found, emptySteps: true, neutral: 'unknown' })
  const seen = new Set<string>()
  for await (const solution of solutions) {
    if (seen.has(solution.id))
      throw new DataError(`${file}: the id ${JSON.stringify(solution.id)} is there twice`)
    seen.add(solution.id)
    const { problem } = solution
    const prompt = frame.split('{question}').join(problem.prompt)
    yield { ...solution, problem: { ...problem, prompt } }
  }
}

async function* plainSolutions(file: string): AsyncGenerator<Solution> {
  for await (const { value, at, where, broken } of fileRows(file)) {
    if (broken !== null) throw new DataError(`${where}: ${broken}`)
    yield solutionOfRow(value, { where, id: at.replace(/^:/, '') })
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
