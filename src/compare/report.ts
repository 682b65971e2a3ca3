// A comparison in words: the same tables for a terminal and for Markdown.

import { textTable } from '../plot/text-table.ts'
import type { Spread } from './spread.ts'
import type { ComparisonSummary, MeasureName, VariantSummary } from './summary.ts'

type Format = (value: number) => string
type Cell = (variant: VariantSummary) => string
type Column = readonly [title: string, cell: Cell]

/** A share as a percentage without its sign. */
export const inPercent: Format = share => (100 * share).toFixed(1)

/** A mean and its spread: `88.4 ± 1.2`; without ± where there is one seed, `-` where there is none. */
export function formatSpread(value: Spread | null, format: Format): string {
  if (value === null) return '-'
  const { mean, spread } = value
  return spread === null ? format(mean) : `${format(mean)} ± ${format(spread)}`
}

/** Two tables for a terminal: accuracy, and what the answers are like; then the runs that are not counted. */
export function textReport(summary: ComparisonSummary): string {
  const tables = [accuracyColumns(summary), answerColumns].map(columns =>
    textTable(rowsOf(columns, summary.variants)),
  )
  return `${[...tables, ...uncounted(summary), notesOf(summary).join('\n')].join('\n\n')}\n`
}

/** The whole report as Markdown; the picture is a file beside it. */
export function markdownReport(summary: ComparisonSummary, picture: string): string {
  const names = summary.variants.map(({ name }) => `\`${name}\``).join(', ')
  const missing = uncounted(summary)
  return [
    '# Comparison',
    `${names}: seeds 1 to ${summary.seeds}, ${summary.iterations} iterations.`,
    fenced(summary.command),
    '## Accuracy on held-out problems',
    markdownTable(rowsOf(accuracyColumns(summary), summary.variants)),
    '## What the answers are like',
    markdownTable(rowsOf(answerColumns, summary.variants)),
    ...missing,
    `![accuracy, process reward and steps by iteration](${picture})`,
    '## How to read it',
    notesOf(summary)
      .map(note => `- ${note}`)
      .join('\n'),
    '## Terms',
    'The same for every run:',
    termsTable(summary),
    '',
  ].join('\n\n')
}

/** The accuracy table of a comparison as Markdown. */
export function accuracyTable(summary: ComparisonSummary, variants = summary.variants): string {
  return markdownTable(rowsOf(accuracyColumns(summary), variants))
}

/** The table of answers as Markdown. */
export function answersTable({ variants }: Pick<ComparisonSummary, 'variants'>): string {
  return markdownTable(rowsOf(answerColumns, variants))
}

/** The terms that all runs share as a Markdown table. */
export function termsTable({ terms }: Pick<ComparisonSummary, 'terms'>): string {
  const rows = Object.entries(terms).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return markdownTable([['setting', 'value'], ...rows])
}

/** What the columns mean, one sentence each. */
export function notesOf(summary: ComparisonSummary): string[] {
  const { reference, seeds, iterations, variants } = summary
  const chosen = variants.some(({ runs }) => runs.some(run => run.chosen !== null))
  const target =
    reference.accuracy === null
      ? `no variant is timed: ${reference.name} has no validation (see --eval-every)`
      : `reaches: the first iteration at which the mean validation curve is at least ${inPercent(reference.accuracy)} %, ` +
        `the last validation of ${reference.name}; its ratio to ${reference.name}'s own first such iteration; ` +
        'the number of seeds whose own curve ever is'
  return [
    `mean ± sample standard deviation over the complete runs of seeds 1 to ${seeds} (n of them), ` +
      `${iterations} iterations each; one run has no ±`,
    'accuracy in %, of samples at temperature 1 and of the likeliest answers; after: of ' +
      (chosen ? 'the checkpoint that is best on validation problems' : 'the last policy'),
    'best validation: the highest point of the curve, so more than another measurement would give; last: its end, of the last policy',
    target,
    'start and end: mean of the first and of the last tenth of the iterations; no box: share of answers without \\boxed{}',
  ]
}

function accuracyColumns(summary: ComparisonSummary): Column[] {
  const share = (measure: MeasureName): Cell => of(measure, inPercent)
  return [
    ['variant', ({ name }) => name],
    ['n', ({ n }) => String(n)],
    ['sampled before', share('sampledBefore')],
    ['after', share('sampledAfter')],
    ['greedy before', share('greedyBefore')],
    ['after', share('greedyAfter')],
    ['best validation', share('bestValidation')],
    ['last', share('lastValidation')],
    [`reaches ${summary.reference.name}`, reaches],
  ]
}

const answerColumns: readonly Column[] = [
  ['variant', ({ name }) => name],
  ['PRM reward start', of('processStart', x => x.toFixed(3))],
  ['end', of('processEnd', x => x.toFixed(3))],
  ['steps start', of('stepsStart', x => x.toFixed(1))],
  ['end', of('stepsEnd', x => x.toFixed(1))],
  ['tokens start', of('tokensStart', x => x.toFixed(1))],
  ['end', of('tokensEnd', x => x.toFixed(1))],
  ['no box end', of('noBoxEnd', inPercent)],
]

function of(measure: MeasureName, format: Format): Cell {
  return ({ measures }) => formatSpread(measures[measure], format)
}

function reaches({ reach, n }: VariantSummary): string {
  if (reach === null || n === 0) return '-'
  const { iteration, ratio, seeds } = reach
  const when = iteration === null ? 'never' : `at ${iteration}, ratio ${ratio!.toFixed(2)}`
  return `${when}; ${seeds} of ${n}`
}

/** Runs that are in no mean, each with its reason, as Markdown; nothing where all are complete. */
export function uncounted({ variants, iterations }: ComparisonSummary): string[] {
  const rows = variants.flatMap(({ name, runs }) =>
    runs
      .filter(({ state }) => state !== 'complete')
      .map(run => {
        const how =
          run.state === 'missing' ? 'not run' : `ended after ${run.iterations} of ${iterations}`
        return `- ${name}, seed ${run.seed}: ${how}${run.error === null ? '' : `: ${run.error}`}`
      }),
  )
  return rows.length === 0 ? [] : [`Not counted:\n\n${rows.join('\n')}`]
}

function rowsOf(columns: readonly Column[], variants: readonly VariantSummary[]): string[][] {
  return [
    columns.map(([title]) => title),
    ...variants.map(variant => columns.map(([, cell]) => cell(variant))),
  ]
}

/** Rows as a Markdown table, the first as its head. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string =>
    `| ${row.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const [head, ...body] = rows
  return [line(head!), line(head!.map(() => '---')), ...body.map(line)].join('\n')
}

/** A command as a Markdown block. */
export function fenced(command: string): string {
  return `\`\`\`sh\n${command}\n\`\`\``
}
