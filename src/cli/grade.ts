// `minform grade`: is a predicted answer right? One verdict a line, in order.

import { defineCommand } from 'citty'
import { z } from 'zod'
import { DataError } from '../errors.ts'
import type { GradeRequest } from '../rewards/grade/grade.ts'
import { type PolicyName, policies } from '../rewards/grade/policy.ts'
import { gradingPool } from '../rewards/grade/pool.ts'
import { readRecords, writeRecord } from './io.ts'

const names = Object.keys(policies) as PolicyName[]

const answer = z.union([z.string(), z.number().transform(String), z.null()]) // null: there is none
const gradeRow = z.object({
  gold: answer,
  pred: answer,
  mode: z.enum(['text', 'answer']).default('text'),
})

/** The request of one row; `where` names it in errors. */
export function requestOf(value: unknown, where: string): GradeRequest {
  const row = gradeRow.safeParse(value)
  if (row.success) return row.data
  const { path, message } = row.error.issues[0]
  throw new DataError(`${where}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`)
}

export default defineCommand({
  meta: {
    name: 'grade',
    description: 'Grade answers: {gold, pred, mode} a line in, a verdict out',
  },
  args: {
    file: {
      type: 'positional',
      required: false,
      description: 'JSON Lines; standard input when absent or -',
    },
    grading: {
      type: 'enum',
      options: names,
      default: 'reward',
      description: 'reward: only the last \\boxed counts; eval: read as people would',
    },
  },
  async run({ args }) {
    const pool = gradingPool()
    try {
      for await (const { value, where } of readRecords(args.file)) {
        const [verdict] = await pool.grade([requestOf(value, where)], args.grading)
        await writeRecord(verdict)
      }
    } finally {
      await pool.close()
    }
  },
})
