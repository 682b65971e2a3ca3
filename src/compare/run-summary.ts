// What a comparison takes from one run folder. Metrics are read by name; what a run does not have is left out.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parts } from '../runs/layout.ts'
import { type LogLine, readRun } from '../runs/reader.ts'
import type { MetricsLine } from '../runs/writer.ts'
import type { Curve } from './spread.ts'

/** The curves that are compared, and the metric that each is drawn from. */
export const curveKeys = {
  validation: 'eval/validation_accuracy',
  accuracy: 'rollouts/accuracy',
  process: 'rewards/process_mean',
  steps: 'rollouts/steps_mean',
  tokens: 'rollouts/tokens_mean',
  noBox: 'rollouts/no_box',
} as const

export type CurveName = keyof typeof curveKeys
export const curveNames = Object.keys(curveKeys) as CurveName[]

/** Accuracy on the held-out problems. */
export interface Shares {
  readonly sampled: number | null
  readonly greedy: number | null
}

/** A warning of a run's log: an alarm by the pattern that it names, anything else by what happened. */
export interface Warning {
  readonly what: string
  readonly iteration: number | null
  readonly address: string | null // of what raised it in the run, where that is known
}

/** One run: how far it came, what it measured, and why it ended early if it did. */
export interface RunSummary {
  readonly seed: number
  readonly folder: string
  readonly state: 'complete' | 'unfinished' | 'missing'
  readonly error: string | null
  readonly iterations: number // completed
  readonly before: Shares | null
  readonly after: Shares | null // of the checkpoint that the run ends with
  readonly chosen: number | null // its iteration, where it was chosen on validation problems
  readonly start: number | null // sampled accuracy on validation problems before training, or on the held-out ones
  readonly curves: Readonly<Record<CurveName, Curve>>
  readonly warnings: readonly Warning[]
}

const stopped = 'stopped by the user' // says nothing of what the run learned

/** Reads a run that was asked for so many iterations; a folder that holds none is a run that is missing. */
export function summariseRun(folder: string, seed: number, iterations: number): RunSummary {
  const none = existsSync(join(folder, parts.config)) ? null : []
  const metrics = none ?? readRun(folder).metrics()
  const log = none ?? readRun(folder).log()
  const done = metrics.at(-1)?.iteration ?? 0
  const before = sharesOf(log, 'test accuracy before')
  const after = sharesOf(log, 'test accuracy after')
  const complete = after !== null && done >= iterations
  const curves = Object.entries(curveKeys).map(([name, key]) => [name, curveOf(metrics, key)])
  return {
    seed,
    folder,
    state: none !== null ? 'missing' : complete ? 'complete' : 'unfinished',
    error: complete ? null : failureOf(log),
    iterations: done,
    before,
    after,
    chosen: chosenOf(log),
    start: sharesOf(log, 'validation accuracy before')?.sampled ?? before?.sampled ?? null,
    curves: Object.fromEntries(curves) as Record<CurveName, Curve>,
    warnings: log
      .filter(({ level, event }) => level === 'warn' && event !== stopped)
      .map(warningOf),
  }
}

function curveOf(metrics: readonly MetricsLine[], key: string): Curve {
  return metrics.flatMap(line => {
    const value = line[key]
    return typeof value === 'number' && Number.isFinite(value)
      ? [{ iteration: line.iteration, value }]
      : []
  })
}

function sharesOf(log: readonly LogLine[], event: string): Shares | null {
  const line = log.findLast(one => one.event === event)
  return line ? { sampled: numberOf(line.sampled), greedy: numberOf(line.greedy) } : null
}

function chosenOf(log: readonly LogLine[]): number | null {
  const line = log.findLast(({ event }) => event === 'test accuracy after')
  return numberOf((line?.chosen as { iteration?: unknown } | null | undefined)?.iteration)
}

function failureOf(log: readonly LogLine[]): string | null {
  const line = log.findLast(({ level }) => level === 'error')
  if (!line) return null
  const message = (line.error as { message?: unknown } | undefined)?.message
  return typeof message === 'string' ? message : line.event
}

function warningOf({ event, pattern, iteration, after, address }: LogLine): Warning {
  return {
    what: typeof pattern === 'string' ? `alarm: ${pattern}` : event,
    iteration: numberOf(iteration) ?? numberOf(after),
    address: typeof address === 'string' ? address : null,
  }
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
