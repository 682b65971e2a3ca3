// `minform grade --report`: how well the grader does on answers whose verdicts are known, and against texts that hold none.

import { z } from 'zod'
import { parseRow } from '../data/row.ts'
import { DataError } from '../errors.ts'
import {
  answerKind,
  attackSuccess,
  attacks,
  type VerifiedCase,
  verifierQuality,
} from '../eval/verifier-quality.ts'
import { percentCell, textTable } from '../plot/text-table.ts'
import type { PolicyName } from '../rewards/grade/policy.ts'
import type { gradingPool } from '../rewards/grade/pool.ts'
import { readRecords } from './io.ts'

const row = z.object({
  gold: z.union([z.string(), z.number().transform(String)]),
  pred: z.union([z.string(), z.number().transform(String), z.null()]),
  expected: z.boolean(), // whether the answer is right
  kind: z.string().optional(), // default by how the known answer is written
})

type Pool = ReturnType<typeof gradingPool>

/** Quality by kind of answer and in all, and the success of attacks on the known answers of the file. */
export async function gradeReport(file: string | undefined, grading: PolicyName, pool: Pool) {
  const rows: z.infer<typeof row>[] = []
  for await (const { value, where } of readRecords(file)) rows.push(parseRow(row, value, where))
  if (rows.length === 0) throw new DataError('there is no row to report on')
  const ask = async (gold: string, pred: string | null): Promise<boolean | null> =>
    (await pool.grade([{ gold, pred, mode: 'text' }], grading))[0]!.correct
  const cases = await Promise.all(
    rows.map(async ({ gold, pred, expected, kind = answerKind(gold) }): Promise<VerifiedCase> => {
      return { kind, expected, said: await ask(gold, pred) }
    }),
  )
  const golds = [...new Set(rows.map(({ gold }) => gold))]
  const accepted: Record<string, readonly (boolean | null)[]> = {}
  for (const [name, text] of Object.entries(attacks))
    accepted[name] = await Promise.all(golds.map(gold => ask(gold, text)))
  const kinds = [...new Set(cases.map(({ kind }) => kind))].sort()
  return {
    grading,
    all: verifierQuality(cases),
    kinds: Object.fromEntries(
      kinds.map(kind => [kind, verifierQuality(cases.filter(one => one.kind === kind))]),
    ),
    golds: golds.length,
    attacks: attackSuccess(accepted),
  }
}

/** The report as tables. */
export function gradeReportText(report: Awaited<ReturnType<typeof gradeReport>>): string {
  const quality = Object.entries({ ...report.kinds, all: report.all }).map(([name, one]) => [
    ...[name, String(one.n), String(one.right), percentCell(one.accuracy)],
    ...[percentCell(one.precision), percentCell(one.recall), percentCell(one.f1)],
    String(one.untold),
  ])
  const tricks = Object.entries(report.attacks).map(([name, share]) => [name, percentCell(share)])
  return [
    `grading as ${report.grading}`,
    textTable([
      ['answers', 'n', 'right', 'accuracy', 'precision', 'recall', 'F1', 'untold'],
      ...quality,
    ]),
    `texts without an answer, for each of ${report.golds} known answers`,
    `${textTable([['attack', 'accepted'], ...tricks])}\n`,
  ].join('\n\n')
}
