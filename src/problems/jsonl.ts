// Problems from JSON Lines: rows of {question | problem | prompt, answer, solution?}, GSM8K's own
// rows among them.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { z } from 'zod'
import { ConfigError, DataError } from '../errors.ts'
import type { Problem } from '../types.ts'

/** How a question becomes the prompt that the policy continues. */
export const defaultTemplate = 'Question: {question}\n\n'

export interface ReadOptions {
  /** A text that holds `{question}`. */
  readonly template?: string
}

const text = z.string().trim().min(1)
const row = z
  .looseObject({
    id: z.union([z.string(), z.number()]).optional(),
    question: text.optional(),
    problem: text.optional(),
    prompt: text.optional(),
    answer: z.union([z.string(), z.number()]).nullish(),
    solution: z.union([z.string(), z.array(z.string())]).nullish(),
  })
  .refine(one => one.question ?? one.problem ?? one.prompt, {
    path: ['question'],
    message: 'expected a text in question, problem or prompt',
  })
type Row = z.infer<typeof row>

interface Solved {
  readonly answer: string | null
  readonly solution: readonly string[] | null
}

/** The problems of a JSON Lines file, in order; an answer that is absent, "" or "null" is null. */
export function readProblems(
  file: string,
  { template = defaultTemplate }: ReadOptions = {},
): Problem[] {
  if (!template.includes('{question}'))
    throw new ConfigError(`the template ${JSON.stringify(template)} does not hold {question}`)
  const problems = linesOf(file).flatMap((line, i) =>
    line.trim() === '' ? [] : [problemOf(line, file, i + 1, template)],
  )
  if (problems.length === 0) throw new DataError(`${file}: no problems; expected one a line`)
  return problems
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .split('\n')
  } catch (cause) {
    throw new DataError(`${file}: cannot be read`, { cause })
  }
}

function problemOf(line: string, file: string, number: number, template: string): Problem {
  const data = parseRow(line, `${file}:${number}`)
  const question = data.question ?? data.problem ?? data.prompt ?? ''
  return {
    id: String(data.id ?? `${basename(file)}:${number}`),
    prompt: template.split('{question}').join(question),
    ...solved(data),
    meta: { source: basename(file), line: number, question },
  }
}

function parseRow(line: string, where: string): Row {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new DataError(`${where}: not JSON: ${(cause as Error).message}`, { cause })
  }
  const result = row.safeParse(value)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]
  throw new DataError(`${where}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`)
}

function solved({ answer, solution }: Row): Solved {
  const given = String(answer ?? '').trim()
  const mark = given.lastIndexOf('####')
  const final = mark < 0 ? given : plainNumber(given.slice(mark + '####'.length).trim())
  const known = /^(?:null)?$/i.test(final) ? null : final
  if (mark >= 0 && solution == null)
    return { answer: known, solution: worked(given.slice(0, mark), known) }
  if (solution == null) return { answer: known, solution: null }
  const steps = (typeof solution === 'string' ? solution.split(/\n[^\S\n]*\n/) : solution)
    .map(step => step.trim())
    .filter(step => step !== '')
  if (steps.length === 0) return { answer: known, solution: null }
  return { answer: known, solution: boxed(steps, known) }
}

/** GSM8K's working: a line is a step, and `<<48/2=24>>` are marks for a calculator. */
function worked(work: string, answer: string | null): readonly string[] | null {
  const steps = work
    .replaceAll(/<<[^<>\n]*>>/g, '')
    .split('\n')
    .map(step => step.trim())
    .filter(step => step !== '')
  return steps.length === 0 ? null : boxed(steps, answer)
}

function plainNumber(text: string): string {
  return text.replaceAll(/(?<=\d),(?=\d{3})/g, '')
}

function boxed(steps: readonly string[], answer: string | null): readonly string[] {
  if (answer === null || steps.at(-1)?.includes('\\boxed')) return steps
  return [...steps, `\\boxed{${answer}}`]
}
