// `minform grade`: is a predicted answer right? One verdict a line, in order.

import { defineCommand } from 'citty'
import { z } from 'zod'
import { ConfigError, DataError } from '../errors.ts'
import { grade } from '../rewards/grade/grade.ts'
import { type PolicyName, policies } from '../rewards/grade/policy.ts'
import type { Grade } from '../rewards/grade/verdict.ts'
import { readRecords, writeRecord } from './io.ts'

const names = Object.keys(policies) as PolicyName[]

const answer = z.union([z.string(), z.number().transform(String), z.null()]) // null: there is none
const gradeRow = z.object({
  gold: answer,
  pred: answer,
  mode: z.enum(['text', 'answer']).default('text'),
})

/** The grade of one row; `where` names it in errors. */
export function grading(value: unknown, where: string, policy: PolicyName): Grade {
  const row = gradeRow.safeParse(value)
  if (row.success) return grade(row.data, policy)
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
    policy: {
      type: 'string',
      default: 'reward',
      description: 'reward: only the last \\boxed counts; eval: read as people would',
    },
  },
  async run({ args }) {
    const policy = names.find(one => one === args.policy)
    if (!policy) throw new ConfigError(`--policy is ${names.join(' or ')}, got '${args.policy}'`)
    for await (const { value, where } of readRecords(args.file))
      await writeRecord(grading(value, where, policy))
  },
})
