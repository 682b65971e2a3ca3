// A run in a terminal: what it was, and a line an iteration.

import { type ShownRun, warningsOf } from '../../explain/run.ts'
import { numberCell, percentCell, textTable } from '../../plot/text-table.ts'
import { printable } from '../../rewards/printable.ts'
import { addressOf } from '../../runs/address.ts'
import { quoted } from '../train-summary.ts'

const most = 40 // lines of iterations: of more, evenly chosen ones

/** A run as plain data. */
export function runRecord(run: ShownRun) {
  const { reader, recipe, options, iterations, seed } = run
  const made = reader.metrics()
  return {
    ...{ folder: reader.folder, recipe, options, iterations, seed },
    ...{ done: made.length, metrics: made, warnings: warningsOf(run), config: reader.config() },
  }
}

export function runLines(run: ShownRun): string[] {
  const { reader, recipe, iterations, seed } = run
  const made = reader.metrics()
  const every = Math.max(1, Math.ceil(made.length / most))
  const lines = made.filter((_, i) => (made.length - 1 - i) % every === 0)
  const head = ['iteration', 'right', 'of', 'PRM mean', 'tokens', 'steps', 'KL', 'seconds']
  const rows = lines.map(line => {
    const number = (name: string): number | null => (line[name] as number | undefined) ?? null
    return [
      String(line.iteration),
      percentCell(number('rollouts/accuracy')),
      numberCell(number('rollouts/graded'), 0),
      numberCell(number('rewards/process_mean')),
      numberCell(number('rollouts/tokens_mean'), 1),
      numberCell(number('rollouts/steps_mean'), 1),
      numberCell(number('update/kl'), 4),
      numberCell(number('time/iteration_s'), 1),
    ]
  })
  const recorded = reader.iterations()
  const warnings = warningsOf(run).map(
    ({ time, event, level: _, address, ...fields }) =>
      `  ${time}  ${event}: ${printable(JSON.stringify(fields), 160)}` +
      (typeof address === 'string'
        ? `; minform show ${quoted(`${reader.folder}/${printable(address)}`)}`
        : ''),
  )
  return [
    `${reader.folder}: ${recipe}, seed ${seed}, ${made.length} of ${iterations} iterations`,
    textTable([head, ...rows]),
    ...(warnings.length > 0 ? ['warnings', ...warnings] : []),
    recorded.length === 0
      ? 'no rollouts are recorded yet'
      : `rollouts of ${recorded.length} iterations: minform show ${quoted(addressOf({ iteration: recorded.at(-1)! }, reader.folder))}`,
  ]
}
