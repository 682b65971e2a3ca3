// Solutions that nobody has labelled yet, as rows: what is given to a scorer.

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import { DataError } from '../../errors.ts'
import { blankLines } from '../../rollouts/boundary.ts'
import type { Json } from '../../types.ts'
import type { Solution } from '../solution.ts'
import { asProblem } from './format.ts'

const problem = z.object({
  id: z.string().optional(),
  prompt: z.string(),
  question: z.string().exactOptional(),
  answer: z.string().nullable().default(null),
  solution: z.array(z.string()).nullable().default(null),
  meta: z.record(z.string(), z.custom<Json>()).default({}),
})
const steps = z.array(z.string())
const row = z.object({
  id: z.union([z.string(), z.number().transform(String)]).optional(),
  problem: z.union([z.string(), problem]).optional(),
  prompt: z.string().optional(),
  question: z.string().optional(),
  steps: steps.optional(),
  completions: steps.optional(),
  text: z.string().optional(),
  ended: z.boolean().optional(),
})

/**
 * The solution of a row {id, problem | prompt | question, steps | completions | text, ended}; of a text, blank lines part
 * the steps. `id` names it where it has no name. A DataError says what does not fit.
 */
export function solutionOfRow(
  value: unknown,
  { where, id: place }: { readonly where: string; readonly id: string },
): Solution {
  const { id = place, ended, ...fields } = parseRow(row, value, where)
  const asked = only(fields, ['problem', 'prompt', 'question'], where)
  const said = only(fields, ['steps', 'completions', 'text'], where)
  return {
    id,
    problem: typeof asked === 'object' ? { ...asked, id: asked.id ?? id } : asProblem(id, asked),
    steps: typeof said === 'string' ? stepsOf(said) : said,
    ...(ended !== undefined && { ended }),
  }
}

/** Whether a row says what a policy was asked, and not the question alone. */
export function holdsPrompt(value: unknown): boolean {
  const { problem, prompt } = value as { readonly problem?: unknown; readonly prompt?: unknown }
  return prompt !== undefined || typeof problem === 'object'
}

/** The steps of a text: what stands between blank lines, without the spaces around it. */
export function stepsOf(text: string): string[] {
  return text
    .split(blankLines.pattern)
    .map(step => step.trim())
    .filter(step => step !== '')
}

function only<T extends object, K extends keyof T & string>(
  fields: T,
  names: readonly K[],
  where: string,
): Exclude<T[K], undefined> {
  const there = names.filter(name => fields[name] !== undefined)
  if (there.length === 1) return fields[there[0]!] as Exclude<T[K], undefined>
  const found = there.length === 0 ? 'none of them' : there.join(' and ')
  throw new DataError(`${where}: expected one of ${names.join(', ')}; found ${found}`)
}
