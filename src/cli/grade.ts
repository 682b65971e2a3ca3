// `minform grade`: is a predicted answer right? One verdict a line, in order.

import { defineCommand } from 'citty'
import { z } from 'zod'
import { parseRow } from '../data/row.ts'
import { ConfigError } from '../errors.ts'
import type { GradeRequest } from '../rewards/grade/grade.ts'
import { type PolicyName, policies } from '../rewards/grade/policy.ts'
import { gradingPool } from '../rewards/grade/pool.ts'
import type { Grade } from '../rewards/grade/verdict.ts'
import { jsonLine } from '../runs/json-lines.ts'
import { openServerChat } from '../train/chat.ts'
import type { Json } from '../types.ts'
import { type Given, kebab } from './flags.ts'
import { gradeReport, gradeReportText, type ModelVerifier } from './grade-report.ts'
import { skipBadArgs, writeEach } from './io.ts'
import { chatFlags, chatServer } from './training/chat.ts'

const names = Object.keys(policies) as PolicyName[]

const answer = z.union([z.string(), z.number().transform(String), z.null()]) // null: there is none
const gradeRow = z.object({
  gold: answer,
  pred: answer,
  mode: z.enum(['text', 'answer']).default('text'),
})

/** The request of one row; `where` names it in errors. */
export function requestOf(value: unknown, where: string): GradeRequest {
  return parseRow(gradeRow, value, where)
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
    report: {
      type: 'boolean',
      description:
        'of rows with `expected`, true or false: how often the grader agrees, and attacks',
    },
    json: { type: 'boolean', description: 'print the report as JSON' },
    ...chatFlags.args,
    withoutReference: {
      type: 'boolean',
      description: 'the chat model is not shown the known answer, but `question` of a row',
    },
    behindRule: {
      type: 'boolean',
      description: 'the chat model is asked only about what the grader does not take',
    },
    ...skipBadArgs,
  },
  async run({ args }) {
    if (args.json === true && args.report !== true)
      throw new ConfigError('--json goes with --report')
    const model = modelOf(args)
    if (model !== null && args.report !== true) throw new ConfigError('--chat goes with --report')
    const pool = gradingPool()
    try {
      if (args.report === true) {
        const report = await gradeReport(args.file, args.grading, pool, model)
        process.stdout.write(args.json === true ? jsonLine(report) : gradeReportText(report))
        return
      }
      const verdictOf = async (value: Json, where: string): Promise<Grade> =>
        (await pool.grade([requestOf(value, where)], args.grading))[0]!
      await writeEach(args.file, verdictOf, { skipBad: args.skipBad === true })
    } finally {
      await pool.close()
    }
  },
})

/** The chat model that flags name as a verifier; null where they name none. */
function modelOf(args: Given): ModelVerifier | null {
  const spec = chatServer(args)
  const stray = ['withoutReference', 'behindRule'].find(name => args[name] === true)
  if (spec === null && stray !== undefined)
    throw new ConfigError(`--${kebab(stray)} goes with --chat, a model that verifies`)
  if (spec === null) return null
  return {
    name: spec.model,
    ask: openServerChat(spec),
    withReference: args.withoutReference !== true,
    behindRule: args.behindRule === true,
  }
}
