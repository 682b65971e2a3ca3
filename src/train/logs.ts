// A training run and those that are told of its metrics while it goes on.

import { basename, dirname, join, resolve } from 'node:path'
import { callback } from '../loggers/callback.ts'
import type { Ended, LoggerKind } from '../loggers/logger.ts'
import { type Logging, logging } from '../loggers/logging.ts'
import { loggerOf } from '../loggers/named.ts'
import { readRun } from '../runs/reader.ts'
import type { RunWriter } from '../runs/writer.ts'
import type { RunReport } from './report.ts'
import type { WholeRequest } from './request/request.ts'
import type { TrainingResult } from './training.ts'

/** The loggers that a request names, and the caller's own. Throws ConfigError where one cannot be used. */
export function loggersOf({ logs }: WholeRequest, { onMetrics }: RunReport): readonly LoggerKind[] {
  const named = logs.map(text => loggerOf(text))
  return onMetrics === undefined ? named : [...named, callback(onMetrics)]
}

/** Trains with the report that also hands metrics to loggers; whatever they do, what `train` gives or throws is what comes. */
export async function logged(
  kinds: readonly LoggerKind[],
  run: RunWriter,
  report: RunReport,
  train: (report: RunReport) => Promise<TrainingResult>,
): Promise<TrainingResult> {
  if (kinds.length === 0) return train(report)
  const reader = readRun(run.folder)
  const about = { name: nameOf(run.folder), folder: run.folder, config: reader.config() }
  const logs = logging(kinds, about, reader.metrics(), (logger, why) => {
    run.log('warn', 'a logger failed', { logger, why })
    report.say?.(`warning: ${logger}: ${why}; the run goes on, and so do attempts`)
  })
  let ended: Ended = 'failed'
  try {
    const result = await train({
      ...report,
      iteration: (done, metrics) => {
        logs.line({ iteration: done, ...metrics })
        report.iteration(done, metrics)
      },
    })
    ended = result.after === null ? 'stopped' : 'done'
    return result
  } finally {
    await endLogs(logs, ended, run, report)
  }
}

async function endLogs(logs: Logging, ended: Ended, run: RunWriter, report: RunReport) {
  for (const { logger, failures, lines, why } of await logs.end(ended)) {
    run.log('warn', 'a logger failed', { logger, failures, iterations: lines, why })
    if (lines > 0) report.say?.(`warning: ${logger} lacks ${lines} iterations: ${why}`)
  }
}

/** The end of a run's path: of seeds of a comparison, which variant too. */
function nameOf(folder: string): string {
  const path = resolve(folder)
  const own = basename(path)
  return /^seed-\d+$/.test(own) ? join(basename(dirname(path)), own) : own
}
