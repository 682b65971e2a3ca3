import type { MetricsLine } from '../runs/writer.ts'
import type { LoggerKind } from './logger.ts'

/** A function that is given the lines that come, one after another; one that fails is given its line again. */
export function callback(give: (line: MetricsLine) => void | Promise<void>): LoggerKind {
  let from: number | null = null // lines that were there before
  const given = new Set<MetricsLine>()
  const all = async (lines: readonly MetricsLine[]): Promise<void> => {
    for (const line of lines) {
      if (given.has(line)) continue
      await give(line)
      given.add(line)
    }
  }
  return {
    shown: 'onMetrics',
    async open(_, lines) {
      from ??= lines.length
      await all(lines.slice(from))
      return { write: all, rewind: async () => {}, end: async () => {} }
    },
  }
}
