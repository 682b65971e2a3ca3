import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRun } from '../../src/runs/reader.ts'
import { createRun, type MetricsLine, type RunWriter, resumeRun } from '../../src/runs/writer.ts'
import { logged, loggersOf } from '../../src/train/logs.ts'
import { type RunReport, silent } from '../../src/train/report.ts'
import type { WholeRequest } from '../../src/train/request/request.ts'
import type { TrainingResult } from '../../src/train/training.ts'

const request = { logs: [] as readonly string[] } as WholeRequest
const result = { after: null, iterations: 2 } as TrainingResult

/** A training that writes its metrics and tells of them, as the loop does. */
const training =
  (run: RunWriter, iterations: readonly number[]) =>
  async (report: RunReport): Promise<TrainingResult> => {
    for (const iteration of iterations) {
      run.metrics({ iteration, x: iteration })
      report.iteration(iteration, { x: iteration })
    }
    return result
  }

const folder = (): string => join(mkdtempSync(join(tmpdir(), 'minform-logs-')), 'run')

test('a caller hears each iteration, and those of a run that goes on once', async () => {
  const got: MetricsLine[] = []
  const heard: number[] = []
  const report: RunReport = {
    ...silent,
    onMetrics: line => void got.push(line),
    iteration: done => heard.push(done),
  }
  const run = createRun(folder(), {})
  await logged(loggersOf(request, report), run, report, training(run, [1, 2]))
  run.close()
  expect(got).toEqual([1, 2].map(iteration => ({ iteration, x: iteration })))
  const again = resumeRun(run.folder, { iteration: 2 })
  await logged(loggersOf(request, report), again, report, training(again, [3]))
  again.close()
  expect(got.map(({ iteration }) => iteration)).toEqual([1, 2, 3])
  expect(heard).toEqual([1, 2, 3])
})

test('what a logger throws ends no run, and is written down', async () => {
  const said: string[] = []
  const report: RunReport = {
    ...silent,
    say: line => void said.push(line),
    onMetrics: () => {
      throw new Error('disk of theirs is full')
    },
  }
  const run = createRun(folder(), {})
  const found = await logged(loggersOf(request, report), run, report, training(run, [1, 2]))
  expect(found).toBe(result)
  expect(said).toEqual([
    'warning: onMetrics: disk of theirs is full; the run goes on, and so do attempts',
    'warning: onMetrics lacks 2 iterations: disk of theirs is full',
  ])
  const log = readRun(run.folder).log()
  expect(log.map(({ event }) => event)).toEqual(['a logger failed', 'a logger failed'])
  expect(log.at(-1)).toMatchObject({ logger: 'onMetrics', iterations: 2 })
})

test('the error of a run is what comes of it', async () => {
  const run = createRun(folder(), {})
  const kinds = loggersOf({ ...request, logs: ['tensorboard'] }, silent)
  const fails = async (): Promise<never> => {
    throw new RangeError('the run itself')
  }
  await expect(logged(kinds, run, silent, fails)).rejects.toThrow('the run itself')
})
