// One line for all runs of a study: iterations that are done, and the time left at the speed of the last half hour.

import { progress } from '../../src/cli/progress.ts'
import { type CompareReport, summaryOf } from '../../src/compare/compare.ts'
import type { PlannedRun } from '../../src/compare/plan.ts'
import { silent } from '../../src/train/report.ts'
import type { Failures } from './failures.ts'

const look = 5000 // milliseconds between looks at the folders of what runs

/** Told of runs, which others carry out; `ended` is called after each, however it ends. */
export interface StudyProgress extends CompareReport {
  ended(run: PlannedRun): void
  close(): void
}

/** Shows how far the runs are; failures are said and kept. */
export function studyProgress(
  label: string,
  runs: readonly PlannedRun[],
  failures: Failures,
): StudyProgress {
  const done = new Map(runs.map(run => [run, iterationsOf(run)]))
  const running = new Set<PlannedRun>()
  const total = runs.reduce((sum, { request }) => sum + request.iterations, 0)
  const sum = (): number => [...done.values()].reduce((a, b) => a + b, 0)
  const bar = progress(label, total, { from: sum(), every: 60, window: 1800 })
  const update = (): void => {
    for (const run of running) done.set(run, iterationsOf(run))
    const now = [...running].map(run => `${nameOf(run)}: ${done.get(run)}`)
    bar.update(sum(), now.join(', '))
  }
  const timer = setInterval(update, look)
  return {
    found: (complete, of) => bar.say(`${label}: ${complete} of ${of} runs are there already`),
    start: run => {
      failures.set(run, undefined)
      running.add(run)
      return silent
    },
    failed: (run, error) => {
      const reason = error instanceof Error ? error.message : String(error)
      failures.set(run, reason)
      bar.say(`${nameOf(run)} failed: ${reason}`)
    },
    ended: run => {
      update()
      running.delete(run)
    },
    close: () => {
      clearInterval(timer)
      bar.end('')
    },
  }
}

function nameOf({ variant, seed }: PlannedRun): string {
  return `${variant.name} seed ${seed}`
}

function iterationsOf(run: PlannedRun): number {
  return Math.min(summaryOf(run).iterations, run.request.iterations)
}
