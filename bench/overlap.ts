// What --ahead 1 brings where sampling and learning take place elsewhere: a server that takes a while for each, and iterations
// of a run against it, with and without.

import { join } from 'node:path'
import { createRun } from '../src/runs/writer.ts'
import { startState } from '../src/train/checkpoints.ts'
import { oneIteration } from '../src/train/iteration.ts'
import { silent } from '../src/train/report.ts'
import { Sampling } from '../src/train/sampling.ts'
import { openSetting, planOf } from './controller-setting.ts'
import { median } from './measure.ts'

const problems = 4 // of an iteration
const rounds = 5
/** Milliseconds that the server takes for all samples, a judge for their steps, and each of the two passes of an update. */
const cases = [
  { sampleMs: 2000, judgeMs: 500, learnMs: 750 },
  { sampleMs: 3000, judgeMs: 250, learnMs: 250 },
  { sampleMs: 1000, judgeMs: 500, learnMs: 1000 },
]

type Delays = (typeof cases)[number]

export interface OverlapReport {
  readonly cases: readonly (Delays & {
    readonly plain: number // seconds of an iteration
    readonly ahead: number
    readonly gain: number
    readonly bound: number // the gain where nothing but these delays took time
  })[]
}

export async function measureOverlap(): Promise<OverlapReport> {
  const found: OverlapReport['cases'][number][] = []
  for (const delays of cases) {
    const [plain, ahead] = [await secondsWith(delays, 0), await secondsWith(delays, 1)]
    const rest = delays.judgeMs + 2 * delays.learnMs
    const bound = (delays.sampleMs + rest) / Math.max(delays.sampleMs, rest)
    found.push({ ...delays, plain, ahead, gain: plain / ahead, bound })
  }
  return { cases: found }
}

async function secondsWith(delays: Delays, ahead: 0 | 1): Promise<number> {
  const setting = await openSetting(delays)
  const plan = planOf(setting, { problems, ahead })
  const run = createRun(join(setting.folder, 'run'), {})
  let state = startState({ sampled: 0, greedy: 0, passAtN: 0, samples: 0, graded: 0, reward: 0 })
  const sampling = new Sampling(plan, state)
  const seconds: number[] = []
  for (let round = -2; round < rounds; round++) {
    const started = performance.now()
    await oneIteration(plan, sampling, state, run, silent)
    state = { ...state, done: state.done + 1 }
    if (round >= 0) seconds.push((performance.now() - started) / 1000)
  }
  await sampling.stop()
  run.close()
  await setting.close()
  return median(seconds)
}

/** The report as lines for people. */
export function overlapLines({ cases: all }: OverlapReport): string {
  const row = (cells: readonly (string | number)[]): string =>
    cells.map(cell => String(cell).padStart(12)).join('')
  return [
    row(['sample s', 'judge s', 'learn s', '--ahead 0', '--ahead 1', 'gain', 'at best']),
    ...all.map(({ sampleMs, judgeMs, learnMs, plain, ahead, gain, bound }) =>
      row([
        ...[sampleMs, judgeMs, 2 * learnMs].map(ms => (ms / 1000).toFixed(2)),
        ...[plain, ahead, gain, bound].map(x => x.toFixed(2)),
      ]),
    ),
  ].join('\n')
}
