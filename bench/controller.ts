// How much the controller does in a second of one core: everything between a server that answers at once and its next request,
// as a run does it. Processor time is counted, with garbage and threads, and without what else runs.

import { cpus } from 'node:os'
import { join } from 'node:path'
import { iterate } from '../src/iterate.ts'
import { rolloutRows } from '../src/runs/rollout-table.ts'
import { createRun } from '../src/runs/writer.ts'
import { computedGroups } from '../src/train/iteration.ts'
import { iterationMetrics } from '../src/train/metrics.ts'
import { timed } from '../src/train/timing.ts'
import { newTokens, openSetting, problemsOf, samples } from './controller-setting.ts'
import { median } from './measure.ts'

const problems = 16 // of an iteration
const rounds = 7

export interface ControllerReport {
  readonly processor: string
  readonly rollouts: string
  readonly tokens: number // of one iteration
  /** Tokens by the processor's seconds, of all threads of the controller. */
  readonly tokensPerCoreSecond: number
  readonly best: number
  /** Microseconds of processor time a token, by stage. */
  readonly microseconds: Readonly<Record<string, number>>
}

export async function measureController(): Promise<ControllerReport> {
  const setting = await openSetting()
  const run = createRun(join(setting.folder, 'run'), {})
  const { method, take } = timed(setting.method)
  const rows: { tokens: number; us: Record<string, number> }[] = []
  for (let round = -2; round < rounds; round++) {
    const number = round + 3
    const before = process.cpuUsage()
    const at = (): number => {
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    const learner = { policy: setting.policy, reference: null, learningRate: 1e-5 }
    const clock = watch(method, at)
    const found = await iterate(clock.method, problemsOf(problems, number), learner, number)
    const iterated = at()
    const metrics = await iterationMetrics(
      found,
      null,
      { giantStep: newTokens / 2 },
      setting.grader,
    )
    const measured = at()
    run.rollouts(number, rolloutRows(computedGroups(found)))
    run.metrics({ iteration: number, ...metrics })
    const all = at()
    take()
    const tokens = found.groups_P.flatMap(g => g.rollouts).reduce((sum, r) => sum + r.ids.length, 0)
    const { sample, reward, credit } = clock.us
    const us = {
      sample,
      reward,
      credit,
      update: iterated - sample - reward - credit,
      metrics: measured - iterated,
      parquet: all - measured,
      all,
    }
    if (round >= 0) rows.push({ tokens, us })
  }
  run.close()
  await setting.close()
  const speeds = rows.map(({ tokens, us }) => (1e6 * tokens) / us.all!)
  const names = Object.keys(rows[0]!.us)
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    rollouts: `${problems} problems x ${samples} samples x ${newTokens} tokens`,
    tokens: rows[0]!.tokens,
    tokensPerCoreSecond: Math.round(median(speeds)),
    best: Math.round(Math.max(...speeds)),
    microseconds: Object.fromEntries(
      names.map(name => [
        name,
        Math.round(100 * median(rows.map(({ tokens, us }) => us[name]! / tokens))) / 100,
      ]),
    ),
  }
}

/** The method with a clock of processor time. */
function watch(method: Parameters<typeof timed>[0], at: () => number) {
  const us = { sample: 0, reward: 0, credit: 0 }
  const soon = async <T>(stage: keyof typeof us, act: () => Promise<T>): Promise<T> => {
    const started = at()
    const found = await act()
    us[stage] += at() - started
    return found
  }
  const now = <T>(stage: keyof typeof us, act: () => T): T => {
    const started = at()
    const found = act()
    us[stage] += at() - started
    return found
  }
  return {
    us,
    method: {
      ...method,
      rollouts: (...args: Parameters<typeof method.rollouts>) =>
        soon('sample', () => method.rollouts(...args)),
      rewards: (...args: Parameters<typeof method.rewards>) =>
        soon('reward', () => method.rewards(...args)),
      credit: (...args: Parameters<typeof method.credit>) =>
        now('credit', () => method.credit(...args)),
      advantages: (...args: Parameters<typeof method.advantages>) =>
        now('credit', () => method.advantages(...args)),
    },
  }
}

/** The report as lines for people. */
export function controllerLines({
  processor,
  rollouts,
  tokensPerCoreSecond,
  best,
  microseconds,
}: ControllerReport): string {
  return [
    `${processor}, ${rollouts}`,
    `${tokensPerCoreSecond} tokens a second of a core (best ${best})`,
    `microseconds a token: ${Object.entries(microseconds)
      .map(([name, us]) => `${name} ${us}`)
      .join(', ')}`,
  ].join('\n')
}
