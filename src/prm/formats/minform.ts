// minform's own record: one labelled solution a line. What labelling writes, and training and evaluation read.

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import type { Json } from '../../types.ts'
import type { LabelledSolution } from '../solution.ts'
import { asProblem, hasFields, type StepFormat } from './format.ts'

const label = z.number().min(0).max(1).nullable()

const problem = z.object({
  id: z.string(),
  prompt: z.string(),
  question: z.string().exactOptional(),
  answer: z.string().nullable().default(null),
  solution: z.array(z.string()).nullable().default(null),
  meta: z.custom<Readonly<Record<string, Json>>>(isObject, 'expected an object').default({}),
})

const labelledRow = z.object({
  id: z.string(),
  problem: z.preprocess(
    value => (typeof value === 'string' ? asProblem('', value) : value),
    problem,
  ),
  steps: z.array(z.string()),
  ended: z.boolean().optional(),
  labels: z.array(label),
  meaning: z.enum(['rightness', 'value']),
  answerRight: z.boolean().nullable().default(null),
  source: z.string().default('minform'),
  kind: z.string().nullable().default(null),
})

/** A labelled solution as a row, which the format 'minform' reads back as it was. */
export function labelledRowOf(solution: LabelledSolution): Readonly<Record<string, unknown>> {
  const { labels_S, ...row } = solution
  return { ...row, labels: labels_S }
}

export const minform: StepFormat = {
  about: 'id, problem, steps, labels (0 to 1 or null), meaning (rightness or value)',
  fits: row => hasFields(row, ['id', 'problem', 'steps', 'labels', 'meaning']),
  read(value, { where }) {
    const { labels: labels_S, ended, ...row } = parseRow(labelledRow, value, where)
    const named = row.problem.id === '' ? { ...row.problem, id: row.id } : row.problem
    return [{ ...row, problem: named, labels_S, ...(ended === undefined ? {} : { ended }) }]
  },
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
