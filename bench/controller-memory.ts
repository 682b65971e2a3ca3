// Whether the controller's memory stays flat: iterations of a run, sampled ahead, against a server that answers at once, for
// ten minutes. What a run writes is removed again, so that the disk does not decide.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { rolloutPart } from '../src/runs/layout.ts'
import { createRun } from '../src/runs/writer.ts'
import { startState } from '../src/train/checkpoints.ts'
import { oneIteration } from '../src/train/iteration.ts'
import { silent } from '../src/train/report.ts'
import { Sampling } from '../src/train/sampling.ts'
import { openSetting, planOf, samples } from './controller-setting.ts'

const minutes = 10
const everyMs = 30_000 // between two looks
const problems = 16 // of an iteration

export interface MemoryReport {
  readonly minutes: number
  readonly iterations: number
  readonly tokensPerSecond: number
  readonly tokensPerCoreSecond: number
  readonly megabytes: readonly Look[]
}

/** Megabytes, after a collection of garbage; of the process as the system counts it, and of what is still in use. */
interface Look {
  readonly second: number
  readonly resident: number
  readonly inUse: number
}

export async function measureMemory(): Promise<MemoryReport> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const setting = await openSetting()
  const plan = planOf(setting, { problems, ahead: 1 })
  const run = createRun(join(setting.folder, 'run'), {})
  const nothing = { sampled: 0, greedy: 0, passAtN: 0, samples: 0, graded: 0, reward: 0 }
  let state = startState(nothing)
  const sampling = new Sampling(plan, state)
  const looks: Look[] = []
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  let tokens = 0
  const count = {
    ...silent,
    iteration: (_: number, of: Readonly<Record<string, number>>) => {
      tokens += of['rollouts/tokens_mean']! * problems * samples
    },
  }
  for (let next = started; performance.now() - started < 60_000 * minutes; ) {
    await oneIteration(plan, sampling, state, run, count)
    state = { ...state, done: state.done + 1 }
    rmSync(rolloutPart(run.folder, state.done))
    if (performance.now() < next) continue
    collect()
    const { rss, heapUsed, external } = process.memoryUsage()
    const second = Math.round((performance.now() - started) / 1000)
    looks.push({ second, resident: megabytes(rss), inUse: megabytes(heapUsed + external) })
    next += everyMs
  }
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  await sampling.stop()
  run.close()
  await setting.close()
  return {
    minutes,
    iterations: state.done,
    tokensPerSecond: Math.round(tokens / seconds),
    tokensPerCoreSecond: Math.round((1e6 * tokens) / (user + system)),
    megabytes: looks,
  }
}

/** The report as lines for people. */
export function memoryLines({ megabytes: looks, ...report }: MemoryReport): string {
  const { iterations, tokensPerSecond, tokensPerCoreSecond } = report
  return [
    `${report.minutes} minutes, ${iterations} iterations, ${tokensPerSecond} tokens a second, ${tokensPerCoreSecond} of a core`,
    `${'second'.padStart(8)}${'resident MB'.padStart(14)}${'in use MB'.padStart(12)}`,
    ...looks.map(
      ({ second, resident, inUse }) =>
        `${String(second).padStart(8)}${String(resident).padStart(14)}${String(inUse).padStart(12)}`,
    ),
  ].join('\n')
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6)
}
