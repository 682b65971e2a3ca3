// Who is told what of a run, while it goes on.

import type { Evaluation } from '../eval/accuracy.ts'
import type { Audit } from '../prm/audit/audit.ts'
import type { MetricsLine } from '../runs/writer.ts'
import type { Verdict } from './approve.ts'
import type { Corpus } from './corpus.ts'
import type { Estimate } from './estimate.ts'
import type { JudgeCheck } from './judge-check.ts'
import type { Metrics } from './metrics.ts'
import type { StageReport } from './plan.ts'

/** Told what happens; the numbers are those of metrics.jsonl. */
export interface TrainingReport {
  /** `done` iterations were made before, of a run that is continued. */
  start(before: Evaluation, done: number): void
  iteration(done: number, metrics: Metrics): void
  validation(done: number, found: Evaluation): void
  /** What a user should know at once, in words: an alarm, or what was done about it. */
  say?(line: string): void
}

export interface RunReport extends TrainingReport {
  /** Given each line of metrics in turn, behind the run: it may be slow or fail, and is then given the line again. */
  onMetrics?(line: MetricsLine): void | Promise<void>
  readonly stages: StageReport
  begin(folder: string, corpus: Corpus): void
  /** Problems of so many that are left out, and why. */
  leftOut(problems: number, of: number, why: string): void
  judge(check: JudgeCheck, verdict: Verdict): void
  canaries(audit: Audit): void
  /** How long all that comes will take, before it begins. Where nobody is to be told, nothing is tried for it. */
  estimate?(found: Estimate): void
}

const nothing = (): void => {}

/** Tells nobody anything. */
export const silent: RunReport = {
  stages: { start: nothing, update: nothing, end: nothing },
  begin: nothing,
  leftOut: nothing,
  judge: nothing,
  canaries: nothing,
  start: nothing,
  iteration: nothing,
  validation: nothing,
}
