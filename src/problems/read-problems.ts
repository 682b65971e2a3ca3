// Problems from a file: rows of {question | problem | prompt, answer, solution?}, as GSM8K, MATH and AIME have them.

import { basename } from 'node:path'
import { z } from 'zod'
import { type FileRow, fileRows } from '../data/file-rows.ts'
import { parseRow } from '../data/row.ts'
import { DataError } from '../errors.ts'
import { isTagged } from '../text/answer-tags.ts'
import { lastBox } from '../text/boxes.ts'
import { nearest } from '../text/nearest.ts'
import type { Json, Problem } from '../types.ts'

const text = z
  .string('expected a text')
  .trim()
  .min(1, 'is empty; expected a text')
  .nullish()
  .transform(value => value ?? undefined)
const row = z.looseObject(
  {
    id: z.union([z.string(), z.number()], 'expected a text or a number').nullish(),
    question: text,
    problem: text,
    prompt: text,
    answer: z.union([z.string(), z.number()], 'expected a text or a number').nullish(),
    solution: z
      .union([z.string(), z.array(z.string())], 'expected a text, or a list of texts, one a step')
      .nullish(),
    meta: z.record(z.string(), z.custom<Json>(), 'expected an object').nullish(),
  },
  'expected an object',
)
type Row = z.infer<typeof row>

const questions = ['question', 'problem', 'prompt'] as const
const answers = ['answer', 'solution'] as const
/** Names under which others keep what is called answer or solution here. */
const answerLike =
  /answer|solution|gold|target|truth|expected|label|output|response|completion|reference/i

interface Solved {
  readonly answer: string | null
  readonly solution: readonly string[] | null
}

/**
 * The problems of a file, in order: JSON Lines, a JSON array or Parquet. The prompt is the question alone. Where there is
 * no answer it is what the last box of the solution holds; one that is null, "" or "null" is unknown. Fields beside those that are read lie in `meta`. A row
 * without an answer that has a field which looks like one is a DataError that names both, as are two questions of one id.
 */
export async function readProblems(file: string): Promise<Problem[]> {
  const problems: Problem[] = []
  const seen = new Map<string, { readonly problem: Problem; readonly at: string }>()
  for await (const one of fileRows(file)) {
    const problem = problemOfRow(one, file)
    requireOwnName(problem, seen.get(problem.id), one)
    seen.set(problem.id, { problem, at: one.at })
    problems.push(problem)
  }
  if (problems.length === 0) throw new DataError(`${file}: no problems; expected one a row`)
  return problems
}

/** Two questions of one name would be taken for one where rollouts are kept, compared or labelled by problem. */
function requireOwnName(
  { id, prompt }: Problem,
  before: { readonly problem: Problem; readonly at: string } | undefined,
  { where }: FileRow,
): void {
  if (before === undefined || before.problem.prompt === prompt) return
  throw new DataError(
    `${where}: id: ${JSON.stringify(id)} is that of another question, ${before.at} too; give each question its own, or none`,
  )
}

/** The problem of one row of a file of problems. */
export function problemOfRow({ value, at, where, broken }: FileRow, file: string): Problem {
  if (broken !== null) throw new DataError(`${where}: ${broken}`)
  const { id, question, problem, prompt, answer, solution, meta, ...others } = parseRow(
    row,
    value,
    where,
  )
  requireExact({ id, answer }, where)
  if (isDeep({ meta, others }, deepest))
    throw new DataError(`${where}: values in values, more than ${deepest} deep`)
  const asked = question ?? problem ?? prompt
  const names = Object.keys(others)
  if (asked === undefined) throw new DataError(`${where}: ${unasked(names)}`)
  const found = solved({ answer, solution })
  const looksLike = answer === undefined && found.answer === null ? answerIn(names) : undefined
  if (looksLike !== undefined)
    throw new DataError(
      `${where}: no answer, but a field "${looksLike}", which is not read; call it answer (or solution, ` +
        'where it is worked out), or put it into meta, an object that is kept as it is',
    )
  return {
    id: String(id ?? `${basename(file)}${at}`),
    prompt: asked,
    ...found,
    meta: { source: basename(file), ...plain(others), ...meta },
  }
}

/** A whole number beyond what a number holds exactly has already become another one. */
function requireExact(fields: Readonly<Record<string, unknown>>, where: string): void {
  for (const [name, value] of Object.entries(fields))
    if (Number.isInteger(value) && !Number.isSafeInteger(value))
      throw new DataError(
        `${where}: ${name}: a number of so many digits is not read exactly (as ${value}); write it in quotes`,
      )
}

function unasked(names: readonly string[]): string {
  const expected = `expected a text in ${questions.slice(0, -1).join(', ')} or ${questions.at(-1)}`
  const near = names.find(name => nearest(name, questions) !== undefined)
  const meant = near === undefined ? '' : `; is "${near}" meant as ${nearest(near, questions)}?`
  return `question: ${expected}${meant}${names.length > 0 ? ` (found ${names.join(', ')})` : ''}`
}

function answerIn(names: readonly string[]): string | undefined {
  return names.find(name => answerLike.test(name) || nearest(name, answers) !== undefined)
}

function solved({ answer, solution }: Pick<Row, 'answer' | 'solution'>): Solved {
  const given = String(answer ?? '').trim()
  const mark = given.lastIndexOf('####')
  const final = mark < 0 ? given : plainNumber(given.slice(mark + '####'.length).trim())
  const work = mark >= 0 && solution == null ? unmarked(given.slice(0, mark)) : solution
  const steps = (typeof work === 'string' ? stepsIn(work) : (work ?? []))
    .map(step => step.trim())
    .filter(step => step !== '')
  const unknown = answer === undefined ? lastBox(steps.join('\n\n')) : null
  const known = /^(?:null)?$/i.test(final) ? unknown : final
  return { answer: known, solution: steps.length === 0 ? null : boxed(steps, known) }
}

/** What stands between blank lines; in a text without any, each line. */
function stepsIn(work: string): string[] {
  const parts = work.trim().split(/\n[^\S\n]*\n/)
  return parts.length > 1 ? parts : work.split('\n')
}

/** GSM8K's working without `<<48/2=24>>`, marks for a calculator. */
function unmarked(work: string): string {
  return work.replaceAll(/<<[^<>\n]*>>/g, '')
}

function plainNumber(text: string): string {
  return text.replaceAll(/(?<=\d),(?=\d{3})/g, '')
}

function boxed(steps: readonly string[], answer: string | null): readonly string[] {
  if (answer === null || steps.at(-1)?.includes('\\boxed')) return steps
  if (isTagged(steps.join('\n\n'))) return steps // which an environment reads, and no box
  return [...steps, `\\boxed{${answer}}`]
}

const deepest = 256 // what is deeper could be read, but not always be written again

function isDeep(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  return left === 0 || Object.values(value).some(inner => isDeep(inner, left - 1))
}

/** Values as JSON has them: Parquet may hold others, such as dates. */
function plain(values: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> {
  return JSON.parse(JSON.stringify(values)) as Readonly<Record<string, Json>>
}
