// What `minform prm train` shows: what there is to learn, a line a validation, the curve, and what came out.

import type { Validation } from '../../prm/train/validation.ts'
import type { PrmSettings } from '../../train/prm-request.ts'
import type { PrmReport, PrmResult, Spent } from '../../train/prm-training.ts'
import { percent } from '../percent.ts'
import { columnsOf, type Progress, type ProgressStream, progress } from '../progress.ts'
import { textChart } from '../text-chart.ts'

/** The lines of a training, and its summary. */
export function prmReport(
  updates: number,
  stream: ProgressStream = process.stderr,
): PrmReport & { summary(request: PrmSettings, result: PrmResult): string } {
  let bar: Progress | null = null
  const seen: { readonly done: number; readonly found: Validation }[] = []
  const say = (line: string): void => {
    if (bar) bar.say(line)
    else stream.write(`${line}\n`)
  }
  return {
    stages: {
      start: (stage, total, unit) => {
        bar = progress(stage, total, { stream, unit })
      },
      update: (done, note) => bar?.update(done, note),
      end: note => {
        bar?.end(note)
        bar = null
      },
    },
    say,
    data: ({ name, learn, validation, notes }, examples, leftOut) => {
      for (const note of notes) say(note)
      for (const { count, first } of leftOut) say(`${count} left out: ${first}`)
      say(
        `${name}: ${examples} examples of ${learn.length} solutions to learn, ` +
          `${validation.length} solutions to validate on`,
      )
    },
    validation: (done, found, spent) => {
      if (seen.length === 0) say(header)
      seen.push({ done, found })
      say(row(done, found, spent))
    },
    summary: (request, result) => {
      stream.write(curve(seen, columnsOf(stream)))
      return summary(request, result, updates)
    },
  }
}

const header =
  ' updates  seconds  of processors  steps judged right      of  right kept  wrong found  first-error F1  ' +
  'calibration error'

function row(done: number, found: Validation, { wall, processor }: Spent): string {
  const cell = (value: number, width: number): string => percent(value).padStart(width)
  return [
    String(done).padStart(8),
    wall.toFixed(0).padStart(8),
    processor.toFixed(0).padStart(14),
    cell(found.stepAccuracy, 19),
    String(found.steps).padStart(7),
    cell(found.rightKept, 11),
    cell(found.wrongFound, 12),
    cell(found.firstErrorF1, 15),
    cell(found.calibrationError, 18),
  ].join(' ')
}

function curve(seen: readonly { readonly found: Validation }[], columns: number): string {
  if (seen.length < 5) return ''
  const values = seen.map(({ found }) => found.firstErrorF1)
  const lines = textChart(values, { format: percent, columns })
  return ['first-error F1, by validation', ...lines].map(line => `${line}\n`).join('')
}

function summary(
  { out, folder, method, threshold }: PrmSettings,
  { validation, layout }: PrmResult,
  updates: number,
): string {
  const lines = [`reward model: ${out} (${method.name}, ${updates} updates)`]
  if (validation !== null)
    lines.push(
      `on validation solutions: ${percent(validation.stepAccuracy)} of ${validation.steps} steps judged as they are ` +
        `(${percent(validation.rightKept)} of right, ${percent(validation.wrongFound)} of wrong); first errors: ` +
        `precision ${percent(validation.firstErrorPrecision)}, recall ${percent(validation.firstErrorRecall)}, ` +
        `F1 ${percent(validation.firstErrorF1)}`,
    )
  const isChosen = validation !== null && threshold === null && !method.ownThreshold
  const chosen = isChosen ? ', chosen on these solutions' : ''
  lines.push(
    `a step with a score above ${Number(layout.threshold.toPrecision(4))} is right${chosen}`,
  )
  lines.push(`metrics: ${folder}/metrics.jsonl`)
  return lines.map(line => `${line}\n`).join('')
}
