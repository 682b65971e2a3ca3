// One run: its settings, its metrics as series, and what it said.

import { eventsOf, openRun } from '../explain/run.ts'
import type { LogLine } from '../runs/reader.ts'
import type { MetricsLine } from '../runs/writer.ts'
import type { RunAnswer, RunBrief, RunEvent, Series } from './api.ts'

/** What there is to say of a run beside its rollouts. Throws RunError where it cannot be read. */
export function runAnswer(brief: RunBrief): RunAnswer {
  const run = openRun(brief.folder)
  const { reader } = run
  return {
    brief,
    config: reader.config(),
    recorded: reader.iterations(),
    metrics: seriesOf(reader.metrics()),
    events: eventsOf(run)
      .filter(({ level }) => level !== 'debug')
      .map(eventOf),
  }
}

/** Lines of metrics by name; what is no number counts as not there. */
export function seriesOf(lines: readonly MetricsLine[]): Series {
  const names = [...new Set(lines.flatMap(line => Object.keys(line)))]
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
  const values = names
    .filter(name => name !== 'iteration')
    .map(name => [name, lines.map(line => number(line[name]))] as const)
    .filter(([, values]) => values.some(value => value !== null))
  return {
    iterations: lines.map(({ iteration }) => iteration),
    values: Object.fromEntries(values),
  }
}

function eventOf({ time, level, event, ...fields }: LogLine): RunEvent {
  const { iteration, address } = fields
  return {
    ...{ time, level, event },
    iteration: typeof iteration === 'number' ? iteration : null,
    address: typeof address === 'string' ? address : null,
    fields,
  }
}
