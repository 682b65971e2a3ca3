import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { callback } from '../../src/loggers/callback.ts'
import type { Ended, LoggerKind } from '../../src/loggers/logger.ts'
import { type LoggingTimes, logging } from '../../src/loggers/logging.ts'
import type { MetricsLine } from '../../src/runs/writer.ts'

const run = { name: 'run', folder: '.', config: {} }
const times: LoggingTimes = { attemptMs: 40, againMs: 5, endMs: 300 }
const line = (iteration: number, x = iteration): MetricsLine => ({ iteration, x })

/** A logger that keeps what it is told, and does first what it is asked to. */
function keeping(before: (attempt: number) => Promise<void> | void = () => {}) {
  let [attempt, lines] = [0, [] as MetricsLine[]]
  const ends: Ended[] = []
  const act = async (signal: AbortSignal, then: () => void): Promise<void> => {
    await before(++attempt)
    if (!signal.aborted) then()
  }
  const kind: LoggerKind = {
    shown: 'keeping',
    open: async (_, all, signal) => {
      await act(signal, () => {
        lines = [...all]
      })
      return {
        write: (more, signal) => act(signal, () => lines.push(...more)),
        rewind: (kept, signal) => act(signal, () => lines.splice(kept.length)),
        end: (ended, signal) => act(signal, () => ends.push(ended)),
      }
    },
  }
  return { kind, ends, lines: () => lines, attempts: () => attempt }
}

function warnings() {
  const all: string[] = []
  return { all, warn: (logger: string, why: string) => void all.push(`${logger}: ${why}`) }
}

test('lines come in order, after those that were there; the end is told', async () => {
  const { kind, lines, ends } = keeping()
  const { all, warn } = warnings()
  const logs = logging([kind], run, [line(1), line(2)], warn, times)
  logs.line(line(3))
  await sleep(10)
  logs.line(line(4))
  expect(await logs.end('done')).toEqual([])
  expect(lines()).toEqual([1, 2, 3, 4].map(n => line(n)))
  expect([ends, all]).toEqual([['done'], []])
})

test('a run that goes back is told again from there', async () => {
  const { kind, lines } = keeping()
  const logs = logging([kind], run, [line(1)], () => {}, times)
  logs.line(line(2))
  logs.line(line(3))
  await sleep(10)
  logs.line(line(2, 20))
  await sleep(10)
  logs.line(line(3, 30))
  expect(await logs.end('done')).toEqual([])
  expect(lines()).toEqual([line(1), line(2, 20), line(3, 30)])
})

test('one that fails is warned of once and gets all of it later', async () => {
  const { kind, lines } = keeping(attempt => {
    if (attempt <= 3) throw new Error('no connection')
  })
  const { all, warn } = warnings()
  const logs = logging([kind], run, [], warn, times)
  for (const n of [1, 2, 3]) {
    logs.line(line(n))
    await sleep(20)
  }
  const left = await logs.end('done')
  expect(left).toEqual([{ logger: 'keeping', failures: 3, lines: 0, why: 'no connection' }])
  expect(lines()).toEqual([line(1), line(2), line(3)])
  expect(all).toEqual(['keeping: no connection'])
})

test('one that never works is counted, and the others are not kept waiting', async () => {
  const never = keeping(() => {
    throw new Error('refused')
  })
  const good = keeping()
  const logs = logging([never.kind, good.kind], run, [], () => {}, times)
  logs.line(line(1))
  logs.line(line(2))
  const [left, ...others] = await logs.end('failed')
  expect(left).toMatchObject({ logger: 'keeping', lines: 2, why: 'refused' })
  expect(left!.failures).toBeGreaterThan(1)
  expect(others).toEqual([])
  expect(good.lines()).toHaveLength(2)
  expect(good.ends).toEqual(['failed'])
})

test('one that hangs is given up, also at the end', async () => {
  const hanging = keeping(() => new Promise(() => {}))
  const { all, warn } = warnings()
  const logs = logging([hanging.kind], run, [], warn, { ...times, attemptMs: 10_000 })
  logs.line(line(1))
  const started = performance.now()
  const [left] = await logs.end('done')
  expect(performance.now() - started).toBeLessThan(5000) // of endMs, 300, and not of attemptMs
  expect(left).toMatchObject({ lines: 1, failures: 1 })
  expect(all).toHaveLength(1)
})

test('an attempt that comes too late changes nothing', async () => {
  const slow = keeping(attempt => (attempt === 1 ? sleep(80) : undefined))
  const logs = logging([slow.kind], run, [], () => {}, times)
  logs.line(line(1))
  await sleep(120)
  logs.line(line(2))
  expect(await logs.end('done')).toMatchObject([{ failures: 1, lines: 0 }])
  expect(slow.lines()).toEqual([line(1), line(2)])
})

test('handing a line over takes no time of the run, whatever a logger does', () => {
  let calls = 0
  const kind: LoggerKind = {
    shown: 'throws',
    open: () => {
      calls++
      throw new Error('at once')
    },
  }
  const logs = logging([kind], run, [], () => {}, times)
  for (let n = 1; n <= 1000; n++) logs.line(line(n)) // none throws, none waits
  expect(calls).toBeLessThanOrEqual(1)
  return logs.end('done')
})

test("a caller's own function gets each new line, in order, again where it failed", async () => {
  const got: number[] = []
  let failed = false
  const kind = callback(async ({ iteration }) => {
    if (iteration === 3 && !failed) {
      failed = true
      throw new Error('once')
    }
    got.push(iteration)
  })
  const logs = logging([kind], run, [line(1), line(2)], () => {}, times)
  await sleep(5)
  for (const n of [3, 4, 5]) logs.line(line(n))
  expect(await logs.end('done')).toMatchObject([{ failures: 1, lines: 0 }])
  expect(got).toEqual([3, 4, 5])
})
