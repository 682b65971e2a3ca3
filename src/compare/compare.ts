// Runs every variant with every seed on equal terms. What is complete is not run again, what fails is kept as its error.

import { RunError } from '../errors.ts'
import { readRun } from '../runs/reader.ts'
import type { RunReport } from '../train/report.ts'
import { runTraining } from '../train/run.ts'
import { requireSameCode } from '../train/stored-request.ts'
import type { Json } from '../types.ts'
import type { PlannedRun } from './plan.ts'
import { type RunSummary, summariseRun } from './run-summary.ts'
import type { RanVariant } from './summary.ts'

/** Told what happens; the report of a run is made when it starts. */
export interface CompareReport {
  /** Runs that are there already, of all. */
  found(complete: number, of: number): void
  start(run: PlannedRun, number: number, of: number): RunReport
  failed(run: PlannedRun, error: unknown): void
}

/** How one run is done: in this process, or in another that does the same. */
export type RunOne = (...asked: Parameters<typeof runTraining>) => Promise<unknown>

/** How runs are done; by default one after another in this process. */
export interface Running {
  readonly runOne?: RunOne
  readonly jobs?: number // runs at once
}

/**
 * Runs what is not complete until all is or the signal aborts, seed by seed, so that the variants of an interrupted
 * comparison have as many seeds each; a run that was begun goes on. One of other options is a RunError.
 */
export async function compare(
  runs: readonly PlannedRun[],
  report: CompareReport,
  signal: AbortSignal,
  { runOne = runTraining, jobs = 1 }: Running = {},
): Promise<readonly RanVariant[]> {
  const ordered = [...runs].sort((a, b) => a.seed - b.seed)
  const missing = ordered.filter(run => summaryOf(run).state !== 'complete')
  for (const run of ordered) if (summaryOf(run).state !== 'missing') requireOptions(run)
  report.found(runs.length - missing.length, runs.length)
  const errors = new Map<PlannedRun, string>()
  const queue = missing.entries()
  const work = async (): Promise<void> => {
    for (const [i, run] of queue) {
      if (signal.aborted) return
      try {
        const resume = summaryOf(run).state === 'unfinished'
        await runOne(run.request, report.start(run, i + 1, missing.length), signal, { resume })
      } catch (error) {
        if (signal.aborted && (error as Error).name === 'AbortError') return
        errors.set(run, error instanceof Error ? error.message : String(error))
        report.failed(run, error)
      }
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return ranVariants(runs, run => errors.get(run))
}

/** What the folders of runs hold, by variant; `failure` says why a run ended early where its folder does not. */
export function ranVariants(
  runs: readonly PlannedRun[],
  failure: (run: PlannedRun) => string | undefined = () => undefined,
): readonly RanVariant[] {
  const variants = [...new Set(runs.map(({ variant }) => variant))]
  return variants.map(variant => ({
    name: variant.name,
    options: variant.options,
    runs: runs.filter(run => run.variant === variant).map(run => withError(run, failure(run))),
  }))
}

function withError(run: PlannedRun, error: string | undefined): RunSummary {
  const summary = summaryOf(run)
  return error === undefined || summary.state === 'complete' ? summary : { ...summary, error }
}

/** How far a run came, by its folder. */
export function summaryOf({ request, seed }: PlannedRun): RunSummary {
  return summariseRun(request.folder, seed, request.iterations)
}

/** A default or a recipe's file that has changed since makes other runs of the same name. */
function requireOptions({ request, variant }: PlannedRun): void {
  requireSameCode(request.folder, variant.recipeSource?.code ?? {}, false)
  const config = readRun(request.folder).config() as { options?: Record<string, Json> }
  const there = config.options ?? {}
  const differing = Object.entries(variant.options).filter(
    ([name, value]) => there[name] !== undefined && there[name] !== value,
  )
  if (differing.length === 0) return
  const each = differing.map(([name, value]) => `${name} is ${there[name]} there and ${value} here`)
  throw new RunError(
    `${request.folder} is a run of other options: ${each.join(', ')}; remove it or choose another --out`,
  )
}
