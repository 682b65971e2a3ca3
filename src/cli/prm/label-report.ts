// What `minform prm label` says in the end: how many steps have labels, what they cost, and how right they are where an
// oracle can tell. It is the sum of what the journal tells of each problem, so that a continued run says the same.

import { accuracyOf, type LabelAccuracy, type LabelTally, sumOf } from '../../prm/label/accuracy.ts'
import type { Spent } from '../../prm/label/run.ts'
import type { LabelledProblem } from '../../prm/label/work.ts'
import type { Tokenizer } from '../../tokenizer/tokenizer.ts'
import { unspelled } from '../../tokenizer/unspelled.ts'
import { percent } from '../percent.ts'

/** What the journal tells of one problem. */
export type LabelEntry = Spent & {
  readonly problem: string
  readonly labelled: number // solutions that were written
  readonly withLabels: number // of these, those with a label
  readonly steps: number
  readonly labels: number // steps that have one
  readonly skipped: string | null
  readonly missing: Readonly<Record<string, number>> // why solutions have no labels
  /** Letters of what is `not-spelled` that the policy's vocabulary lacks; absent where there is none. */
  readonly unspelled?: readonly string[]
  readonly tally: LabelTally | null
}

/** The end of a run. */
export interface LabelReport {
  readonly method: string
  readonly problems: number
  readonly solutions: number
  readonly labelledSolutions: number
  readonly steps: number
  readonly labelledSteps: number
  readonly skippedProblems: Readonly<Record<string, number>>
  readonly unlabelledSolutions: Readonly<Record<string, number>>
  readonly unspelledLetters: readonly string[] // some of them, where something is not spelled
  readonly rollouts: number // for labels
  readonly tokens: number
  readonly sampledSolutions: number
  readonly sampledTokens: number
  readonly oracle: LabelAccuracy | null
}

/** What a problem's labels come to. */
export function entryOf(
  { problem, labelled, skipped }: LabelledProblem,
  spent: Spent,
  tally: LabelTally | null,
  tokenizer: Tokenizer | null,
): LabelEntry {
  const letters = tokenizer === null ? [] : unspelledOf({ problem, labelled, skipped }, tokenizer)
  const rows = labelled.map(one => one.labelled.labels_S)
  const told = rows.map(labels_S => labels_S.filter(label => label !== null).length)
  return {
    problem: problem.id,
    labelled: rows.length,
    withLabels: told.filter(count => count > 0).length,
    steps: rows.reduce((sum, { length }) => sum + length, 0),
    labels: told.reduce((sum, count) => sum + count, 0),
    skipped,
    missing: counted(labelled.flatMap(({ missing }) => missing ?? [])),
    tally,
    ...(letters.length > 0 && { unspelled: letters }),
    ...spent,
  }
}

/** The first letters of what could not be spelled that no token spells. */
function unspelledOf(
  { problem, labelled, skipped }: LabelledProblem,
  tokenizer: Tokenizer,
): readonly string[] {
  const lacking = labelled.filter(one => one.missing === notSpelled)
  const texts = [
    ...(skipped === notSpelled || lacking.length > 0 ? [problem.prompt] : []),
    ...lacking.flatMap(one => one.labelled.steps),
  ]
  return unspelled(tokenizer, texts, mostLetters)
}

const notSpelled = 'not-spelled'
const mostLetters = 8 // that are named

/** The sum of a run's entries. */
export function reportOf(method: string, entries: readonly LabelEntry[]): LabelReport {
  const sum = (of: (entry: LabelEntry) => number): number =>
    entries.reduce((total, entry) => total + of(entry), 0)
  const tallies = entries.flatMap(({ tally }) => tally ?? [])
  return {
    method,
    problems: entries.length,
    solutions: sum(one => one.labelled),
    labelledSolutions: sum(one => one.withLabels),
    steps: sum(one => one.steps),
    labelledSteps: sum(one => one.labels),
    skippedProblems: counted(entries.flatMap(({ skipped }) => skipped ?? [])),
    unlabelledSolutions: added(entries.map(({ missing }) => missing)),
    unspelledLetters: [...new Set(entries.flatMap(one => one.unspelled ?? []))].slice(
      0,
      mostLetters,
    ),
    rollouts: sum(one => one.rollouts),
    tokens: sum(one => one.tokens),
    sampledSolutions: sum(one => one.solutions),
    sampledTokens: sum(one => one.solutionTokens),
    oracle: tallies.length === 0 ? null : accuracyOf(sumOf(tallies)),
  }
}

/** The report for people. */
export function reportLines(report: LabelReport, file: string): string {
  const { oracle, solutions, labelledSolutions, steps, labelledSteps, rollouts, tokens } = report
  const reasons = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([reason, count]) => `${count} ${reason}`)
      .join(', ')
  const lost = [
    ['problems passed over', reasons(report.skippedProblems)],
    ['solutions without labels', reasons(report.unlabelledSolutions)],
  ].flatMap(([what, why]) => (why === '' ? [] : [`${what}: ${why}`]))
  return [
    `${file}: ${labelledSteps} of ${steps} steps labelled, in ${labelledSolutions} of ${solutions} solutions of ${report.problems} problems`,
    ...lost,
    ...spellingLines(report),
    `spent on labels: ${rollouts} rollouts, ${tokens} tokens` +
      (report.sampledSolutions > 0
        ? `; on solutions: ${report.sampledSolutions} rollouts, ${report.sampledTokens} tokens`
        : ''),
    ...(oracle === null
      ? []
      : [
          `by the oracle: ${percent(oracle.stepAccuracy)} of labels right on ${oracle.steps} steps that it knows ` +
            `(${percent(oracle.coverage)} of them labelled); first errors: precision ${percent(oracle.firstErrorPrecision)}, ` +
            `recall ${percent(oracle.firstErrorRecall)}, F1 ${percent(oracle.firstErrorF1)}`,
        ]),
    '',
  ].join('\n')
}

/** What to do where texts cannot be spelled. */
function spellingLines({
  unspelledLetters: letters,
  skippedProblems,
  unlabelledSolutions,
}: LabelReport): string[] {
  if (!skippedProblems[notSpelled] && !unlabelledSolutions[notSpelled]) return []
  if (letters.length === 0)
    return ['not-spelled: a token closes two steps at once; label solutions that this policy wrote']
  const named = letters.map(letter => JSON.stringify(letter)).join(', ')
  return [
    `not-spelled: the vocabulary of --model has no token for ${named}; ` +
      'write the texts without (--template, where it is the words around the question), or take a model that spells any text by bytes',
  ]
}

function counted(names: readonly string[]): Record<string, number> {
  return added(names.map(name => ({ [name]: 1 })))
}

function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const one of counts)
    for (const [name, count] of Object.entries(one)) sum[name] = (sum[name] ?? 0) + count
  return sum
}
