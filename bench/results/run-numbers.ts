// What a study reads of one run beside what a comparison does: what it cost, and what it was like in the end.

import { existsSync, readFileSync } from 'node:fs'
import type { RunSummary } from '../../src/compare/run-summary.ts'
import { type Curve, endsOf } from '../../src/compare/spread.ts'
import { readRun } from '../../src/runs/reader.ts'
import type { MetricsLine } from '../../src/runs/writer.ts'

/** Numbers of a run; null where it has none. */
export interface RunNumbers {
  readonly seconds: number // of its iterations, beside what else the machine did
  readonly tokens: number | null // that were learned from
  readonly sampled: number // tokens
  readonly judged: number // solutions that the judge was asked about; 0 without a judge
  readonly entropy: number | null // at the end, nats a token
  /** The last validation before more than so many tokens were learned from. */
  readonly validationWithin: (tokens: number) => number | null
}

/** The metrics that these and the documents of studies are read from, beside those of a comparison. */
export const numberKeys = [
  'time/iteration_s',
  'time/tokens_per_s',
  'rewards/judged',
  'update/tokens',
  'update/entropy',
  'update/dropped',
  'update/grad_norm',
  'update/clipped_fraction',
  'rollouts/hint_share',
  'rollouts/replay_share',
] as const

/** Reads them. */
export function runNumbers({ folder }: RunSummary): RunNumbers {
  const lines = readRun(folder).metrics()
  const learned = lines.map(line => numberOf(line, 'update/tokens'))
  return {
    seconds: total(lines.map(line => numberOf(line, 'time/iteration_s'))),
    tokens: learned.includes(null) ? null : total(learned),
    sampled: total(lines.map(sampledIn)),
    judged: total(lines.map(line => numberOf(line, 'rewards/judged'))),
    entropy: endsOf(curveOf(lines, 'update/entropy'))?.end ?? null,
    validationWithin: tokens => {
      const within = lines.filter((_, i) => total(learned.slice(0, i + 1)) <= tokens)
      return curveOf(within, 'eval/validation_accuracy').at(-1)?.value ?? null
    },
  }
}

/** The file beside a run that an evaluation of its policy is kept in. */
export function evaluationFile(runFolder: string): string {
  return `${runFolder}.eval.json`
}

/** The share of problems that one of the samples of an evaluation solved; null where there is none. */
export function passAtN(file: string): number | null {
  if (!existsSync(file)) return null
  return JSON.parse(readFileSync(file, 'utf8')).passAtN.share
}

function sampledIn(line: MetricsLine): number {
  return (numberOf(line, 'time/tokens_per_s') ?? 0) * (numberOf(line, 'time/iteration_s') ?? 0)
}

function curveOf(lines: readonly MetricsLine[], key: string): Curve {
  return lines.flatMap(line => {
    const value = numberOf(line, key)
    return value === null ? [] : [{ iteration: line.iteration, value }]
  })
}

function numberOf(line: MetricsLine, key: string): number | null {
  const value = line[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function total(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
}
