// What `minform train` shows: stages with time left, a line an iteration, and what came out.

import type { Evaluation } from '../eval/accuracy.ts'
import type { Audit } from '../prm/audit/audit.ts'
import { told } from '../train/approve.ts'
import type { JudgeCheck } from '../train/judge-check.ts'
import type { TrainingResult } from '../train/loop.ts'
import type { StageReport } from '../train/plan.ts'
import type { TrainingRequest } from '../train/request/request.ts'
import type { RunReport } from '../train/run.ts'
import { auditWarnings } from './prm/audit-table.ts'
import { type Progress, type ProgressStream, progress } from './progress.ts'
import { textChart } from './text-chart.ts'

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
): Omit<RunReport, 'stages'> & { summary(r: TrainingRequest, result: TrainingResult): string } {
  let bar: Progress | null = null
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
    start: (before, done) => {
      if (done > 0) say(`continued after ${done} of ${iterations} iterations`)
      say(`accuracy on held-out problems before: ${shares(before)}`)
      say(header)
      bar = progress('training', iterations, { stream })
      if (done > 0) bar.update(done)
    },
    iteration: (done, metrics) => {
      seen.push(metrics)
      say(iterationLine(done, metrics))
      bar?.update(done)
      if (done === iterations) bar?.end()
    },
    say,
    validation: (done, accuracy) =>
      say(`      validation accuracy after ${done}: ${percent(accuracy)}`),
    summary: (request, result) => {
      if (result.iterations < iterations) bar?.end('stopped')
      stream.write(curves(seen))
      return summary(request, result)
    },
  }
}

const header = ' iter  sampled right  PRM mean   worst  tokens  steps      KL   grad    s'

function iterationLine(done: number, m: Readonly<Record<string, number>>): string {
  const cell = (key: string, width: number, digits: number): string => {
    const value = m[key]
    const text = value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(digits)
    return text.padStart(width)
  }
  return [
    String(done).padStart(5),
    percent(m['rollouts/accuracy'] ?? Number.NaN).padStart(14),
    cell('rewards/process_mean', 9, 3),
    cell('rewards/process_min_mean', 7, 3),
    cell('rollouts/tokens_mean', 7, 1),
    cell('rollouts/steps_mean', 6, 1),
    cell('update/kl', 7, 4),
    cell('update/grad_norm', 6, 3),
    cell('time/iteration_s', 4, 1),
  ].join(' ')
}

/** Sampled accuracy and PRM reward over the iterations, drawn where there are enough of them to see a curve. */
function curves(seen: readonly Readonly<Record<string, number>>[]): string {
  if (seen.length < 5) return ''
  const drawn = (title: string, key: string, format: (value: number) => string): string[] => {
    const lines = textChart(
      seen.map(metrics => metrics[key] ?? Number.NaN),
      { format },
    )
    return lines.length === 0 ? [] : [title, ...lines]
  }
  const lines = [
    ...drawn('sampled right, by iteration', 'rollouts/accuracy', percent),
    ...drawn('PRM mean, by iteration', 'rewards/process_mean', value => value.toFixed(3)),
  ]
  return lines.map(line => `${line}\n`).join('')
}

/** What canaries found: a line on each answer to be warned of, or one that there is none. */
function canaryLines(found: Audit): string[] {
  const warnings = auditWarnings(found)
  if (warnings.length > 0) return warnings
  return [`canaries: ${found.rows.length - 1} kinds of answers that solve nothing, none rewarded`]
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

function summary(
  request: TrainingRequest,
  { before, after, checkpoint, iterations, chosen, start }: TrainingResult,
): string {
  const change = 100 * (after.sampled - before.sampled)
  const sign = change >= 0 ? '+' : ''
  return [
    `accuracy on held-out problems: ${shares(before)} before, ${shares(after)} after ` +
      `${iterations} iterations (${sign}${change.toFixed(1)} points)`,
    `trained policy: ${checkpoint}`,
    ...(chosen === null
      ? []
      : [
          `  that of iteration ${chosen.iteration}, the best on validation problems: ` +
            `${percent(chosen.accuracy)} sampled, ${percent(start ?? Number.NaN)} before training`,
        ]),
    `run folder: ${request.folder} (metrics.jsonl, rollouts/, log.jsonl)`,
    `next: ${next(request)}`,
    '',
  ].join('\n')
}

function next({ recipe, problemsFile }: TrainingRequest): string {
  if (recipe.name !== 'sum-form' && problemsFile === null) {
    return 'minform train sum-form --iterations 140 shows how summed process rewards are hacked'
  }
  return 'minform train pure-vr learns from graded answers alone'
}

function shares({ sampled, greedy }: Evaluation): string {
  return `${percent(sampled)} sampled, ${percent(greedy)} greedy`
}

/** A share as a percentage, "-" where there is none. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '-'
}
