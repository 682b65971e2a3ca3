// What `minform train` shows: stages with time left, a line an iteration, and what came out.

import type { Audit } from '../prm/audit/audit.ts'
import { told } from '../train/approve.ts'
import type { Estimate } from '../train/estimate.ts'
import type { JudgeCheck } from '../train/judge-check.ts'
import type { StageReport } from '../train/plan.ts'
import type { RunReport } from '../train/report.ts'
import type { TrainingResult } from '../train/training.ts'
import { percent } from './percent.ts'
import { auditWarnings } from './prm/audit-table.ts'
import {
  columnsOf,
  formatDuration,
  type Progress,
  type ProgressStream,
  progress,
} from './progress.ts'
import { textChart } from './text-chart.ts'
import { problemsOf, shares } from './train-summary.ts'

/** Progress of the stages of a preparation, one after another. */
export function stageProgress(stream: ProgressStream = process.stderr): StageReport {
  let current: Progress | null = null
  return {
    start: (stage, total, unit) => {
      current = progress(stage, total, { stream, unit })
    },
    update: (done, note) => current?.update(done, note),
    end: note => current?.end(note),
  }
}

/** The lines of a run, and its summary. */
export function trainingReport(
  iterations: number,
  stream: ProgressStream = process.stderr,
): Omit<RunReport, 'stages'> & { end(result: TrainingResult): void } {
  let bar: Progress | null = null
  const columns = columnsOf(stream)
  const seen: Readonly<Record<string, number>>[] = []
  const say = (line: string): void => {
    if (bar) bar.say(line)
    else stream.write(`${line}\n`)
  }
  return {
    begin: (folder, { name, ungradable, size }) => {
      const note =
        ungradable > 0
          ? `; ${ungradable} of ${size} answers cannot be graded and count for nothing`
          : ''
      say(`run ${folder}: ${name}${note}`)
    },
    leftOut: (problems, of, why) => say(`${problems} of ${of} problems are left out: ${why}`),
    judge: (check, { why }) => {
      if (check.kind !== 'none') say(judgeLine(check))
      if (why !== '') say(`warning: the process reward model ${why}`)
    },
    canaries: found => {
      for (const line of canaryLines(found)) say(line)
    },
    estimate: found => say(estimateLine(found)),
    start: (before, done) => {
      if (done > 0) say(`continued after ${done} of ${iterations} iterations`)
      say(`accuracy on ${problemsOf(before)}, before: ${shares(before)}`)
      say(headerOf(columns))
      bar = progress('training', iterations, { stream, from: done })
    },
    iteration: (done, metrics) => {
      seen.push(metrics)
      say(iterationLine(done, metrics, columns))
      bar?.update(done)
      if (done === iterations) bar?.end()
    },
    say,
    validation: (done, { sampled, graded, samples }) =>
      say(
        `      after ${done}: ${percent(sampled)} of ${graded} validation problems, ${samples} samples each`,
      ),
    end: result => {
      if (result.iterations < iterations) bar?.end('stopped')
      stream.write(curves(seen, columns))
    },
  }
}

interface Column {
  readonly title: string
  readonly width: number
  readonly rank: number // of what is left out where a line is short, the highest first
  cell(metrics: Readonly<Record<string, number>>, done: number): string
}

const number = (
  title: string,
  key: string,
  width: number,
  digits: number,
  rank: number,
): Column => ({
  title,
  width,
  rank,
  cell: metrics => {
    const value = metrics[key]
    return value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(digits)
  },
})

const table: readonly Column[] = [
  { title: 'iter', width: 5, rank: 0, cell: (_, done) => String(done) },
  {
    title: 'sampled right',
    width: 14,
    rank: 0,
    cell: metrics => percent(metrics['rollouts/accuracy'] ?? Number.NaN),
  },
  number('of', 'rollouts/graded', 5, 0, 0),
  number('PRM mean', 'rewards/process_mean', 9, 3, 2),
  number('worst', 'rewards/process_min_mean', 7, 3, 5),
  number('tokens', 'rollouts/tokens_mean', 7, 1, 3),
  number('steps', 'rollouts/steps_mean', 6, 1, 4),
  number('KL', 'update/kl', 7, 4, 6),
  number('grad', 'update/grad_norm', 6, 3, 7),
  number('s', 'time/iteration_s', 5, 1, 1),
]

/** The columns that a line has room for. */
function fitting(columns: number): readonly Column[] {
  const byRank = [...table].sort((a, b) => a.rank - b.rank)
  let left = columns
  const kept = byRank.filter(({ width }) => {
    left -= width + 1
    return left >= -1
  })
  return table.filter(column => kept.includes(column))
}

function headerOf(columns: number): string {
  return fitting(columns)
    .map(({ title, width }) => title.padStart(width))
    .join(' ')
}

function iterationLine(
  done: number,
  metrics: Readonly<Record<string, number>>,
  columns: number,
): string {
  return fitting(columns)
    .map(({ cell, width }) => cell(metrics, done).padStart(width))
    .join(' ')
}

/** Sampled accuracy and PRM reward over the iterations, drawn where there are enough of them to see a curve. */
function curves(seen: readonly Readonly<Record<string, number>>[], columns: number): string {
  if (seen.length < 5) return ''
  const drawn = (title: string, key: string, format: (value: number) => string): string[] => {
    const values = seen.map(metrics => metrics[key] ?? Number.NaN)
    const lines = textChart(values, { format, columns })
    return lines.length === 0 ? [] : [title, ...lines]
  }
  const lines = [
    ...drawn('sampled right, by iteration', 'rollouts/accuracy', percent),
    ...drawn('PRM mean, by iteration', 'rewards/process_mean', value => value.toFixed(3)),
  ]
  return lines.map(line => `${line}\n`).join('')
}

/** How long all of it will take, and what that is made of. */
export function estimateLine({ parts, low, high }: Estimate): string {
  const span = (part: { readonly low: number; readonly high: number }): string =>
    `${formatDuration(part.low)} to ${formatDuration(part.high)}`
  const each = parts.map(part => `${part.what} ${span(part)}`)
  return `this will take about ${span({ low, high })}: ${each.join(', ')}; longer answers take longer`
}

/** What canaries found: a line on each answer to be warned of, or one that there is none. */
function canaryLines(found: Audit): string[] {
  const warnings = auditWarnings(found)
  if (warnings.length > 0) return warnings
  const tried = found.rows[0]?.tried ?? 0
  return [
    `canaries: ${found.rows.length - 1} kinds of answers that solve nothing, ${tried} of each, none rewarded`,
  ]
}

/** One line on how well a judge judges. */
export function judgeLine(check: JudgeCheck): string {
  const head = `process reward model on ${check.on}`
  if (check.kind === 'none') return head
  if (check.kind === 'answers') {
    const { auc, right, wrong, within, pairs, unscored } = check
    return (
      `${head}: AUC ${told(auc)} of ${right} right and ${wrong} wrong answers by their worst step; ` +
      `of two answers to one problem the right one is ahead in ${percent(within)} of ${pairs} pairs` +
      (unscored > 0 ? `; ${unscored} answers have no score` : '')
    )
  }
  const { quality, right, wrong, balanced, calibrationError } = check
  const { stepAccuracy, wrongFound, rightKept } = quality
  const { firstErrorPrecision, firstErrorRecall, firstErrorF1 } = quality
  return (
    `${head}: ${percent(stepAccuracy)} of steps judged as they are ` +
    `(${percent(rightKept)} of ${right} right, ${percent(wrongFound)} of ${wrong} wrong; ` +
    `together ${told(balanced)}); first errors: ` +
    `precision ${percent(firstErrorPrecision)}, recall ${percent(firstErrorRecall)}, ` +
    `F1 ${percent(firstErrorF1)}; calibration error ${percent(calibrationError)}`
  )
}
