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
import { askedVerdict } from '../rewards/asked-verdict.ts'
import type { PolicyName } from '../rewards/grade/policy.ts'
import type { gradingPool } from '../rewards/grade/pool.ts'
import type { Ask } from '../rewards/remote/chat.ts'
import { readRecords } from './io.ts'

const row = z.object({
  question: z.string().optional(), // what a model is shown that verifies
  gold: z.union([z.string(), z.number().transform(String)]),
  pred: z.union([z.string(), z.number().transform(String), z.null()]),
  expected: z.boolean(), // whether the answer is right
  kind: z.string().optional(), // default by how the known answer is written
  subtype: z.string().optional(), // of that kind, told beside it
})

/** A chat model that verifies, and how. */
export interface ModelVerifier {
  readonly name: string
  readonly ask: Ask
  readonly withReference: boolean
  readonly behindRule: boolean
}

type Pool = ReturnType<typeof gradingPool>

/** Quality by kind of answer and in all, and the success of attacks on the known answers of the file. */
export async function gradeReport(
  file: string | undefined,
  grading: PolicyName,
  pool: Pool,
  model: ModelVerifier | null = null,
) {
  const rows: z.infer<typeof row>[] = []
  for await (const { value, where } of readRecords(file)) rows.push(parseRow(row, value, where))
  if (rows.length === 0) throw new DataError('there is no row to report on')
  const byRule = async (gold: string, pred: string | null): Promise<boolean | null> =>
    (await pool.grade([{ gold, pred, mode: 'text' }], grading))[0]!.correct
  const ask = async (gold: string, pred: string | null, question?: string) => {
    if (model === null) return byRule(gold, pred)
    if (model.behindRule && (await byRule(gold, pred)) === true) return true
    const reference = model.withReference ? gold : null
    return askedVerdict(model.ask, { question: question ?? null, reference, answer: pred ?? '' })
  }
  const cases = await Promise.all(
    rows.map(async ({ gold, pred, expected, question, subtype, ...row }) => {
      const kind = row.kind ?? answerKind(gold)
      const said = await ask(gold, pred, question)
      const all = subtype === undefined ? [kind] : [kind, `${kind}: ${subtype}`]
      return all.map((kind): VerifiedCase => ({ kind, expected, said }))
    }),
  )
  const golds = [...new Map(rows.map(({ gold, question }) => [gold, question]))]
  const accepted: Record<string, readonly (boolean | null)[]> = {}
  for (const [name, text] of Object.entries(attacks))
    accepted[name] = await Promise.all(golds.map(([gold, question]) => ask(gold, text, question)))
  const byKind = cases.flat()
  const kinds = [...new Set(byKind.map(({ kind }) => kind))].sort()
  return {
    grading,
    verifier: model?.name ?? null,
    all: verifierQuality(cases.map(([own]) => own!)),
    kinds: Object.fromEntries(
      kinds.map(kind => [kind, verifierQuality(byKind.filter(one => one.kind === kind))]),
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
    report.verifier === null
      ? `grading as ${report.grading}`
      : `verified by ${report.verifier}, the rule grading as ${report.grading}`,
    textTable([
      ['answers', 'n', 'right', 'accuracy', 'precision', 'recall', 'F1', 'untold'],
      ...quality,
    ]),
    `texts without an answer, for each of ${report.golds} known answers`,
    `${textTable([['attack', 'accepted'], ...tricks])}\n`,
  ].join('\n\n')
}
