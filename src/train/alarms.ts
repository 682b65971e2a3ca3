// Watches the metrics of a run for signs that reward is collected without solving anything. Every number is compared with
// the run's own first iterations: what a task always looked like is no alarm. Pure: the state is data that is stored.

import type { Metrics } from './metrics.ts'

/** What a run does about an alarm: tell, end with a checkpoint, or go back to an earlier one and learn more slowly. */
export const alarmPolicies = ['warn', 'pause', 'rollback'] as const
export type AlarmPolicy = (typeof alarmPolicies)[number]

/** One alarm: the pattern, the first iteration of those that show it, and all of it in words. */
export interface Alarm {
  readonly pattern: string
  readonly since: number
  readonly message: string
}

/** What was seen so far. */
export interface AlarmState {
  readonly seen: number // iterations in `start`
  readonly start: Metrics // means over the first iterations
  readonly since: Readonly<Record<string, number>> // of patterns over their limit: from which iteration on
  readonly raised: readonly string[] // patterns that are told, until they fall below their limit
  readonly trend: Trend | null // null until an answer was graded
}

/** Accuracy of the batches, smoothed, and the best that it ever was. */
interface Trend {
  readonly accuracy: number
  readonly best: number
}

export const nothingSeen: AlarmState = { seen: 0, start: {}, since: {}, raised: [], trend: null }

/** Iterations that show how a task looks: three batches, since one is noisy, and a collapse takes at least five. */
const startIterations = 3
/** Iterations in a row: the share of a batch of 192 has a standard error of up to 3.6 points, so one batch is no proof. */
const patience = 2
/** A third of the rollouts: below it a pattern is one habit among others, and sampling still finds better answers. */
const shareLimit = 1 / 3
/** How far above its start a share must be: a task with short answers looks like a pattern from the first iteration on. */
const shareRise = 0.2
/** Rewarded truncation was 0 until the collapse of PURE's PRM+VR run, which then took 5 updates (section 5.2). */
const truncatedLimit = 0.05
/** Three standard errors of a batch of 192: accuracy that falls by more did not fall by chance. */
const accuracyFall = 0.12
/** Weight of the newest batch in the trend: about the last nine count. */
const trendWeight = 0.2
/** A batch of 24 problems has a standard error of up to 10 points, its trend a third of that; the best is a lucky one. */
const trendFall = 0.15
/** A judge's scores lie in [-1, 1]; a mean over hundreds of steps moves less than this by chance. */
const scoreRise = 0.05
/** Sums over the steps of an answer: worth one more perfect step. */
const sumRise = 1
/** From this factor on a change of lengths is told beside an alarm. */
const toldFactor = 1.5

const accuracyKey = 'rollouts/accuracy'
const rewardRises = [
  { key: 'rewards/process_min_mean', by: scoreRise, name: 'worst step' },
  { key: 'rewards/process_mean', by: scoreRise, name: 'mean of steps' },
  { key: 'rewards/process_sum_mean', by: sumRise, name: 'sum of steps' },
] as const

interface Watched {
  readonly pattern: string
  /** What is seen, in words, where it is over its limit; null where not. */
  readonly over: (now: Metrics, start: Metrics, trend: Trend | null) => string | null
}

const shareOf = (pattern: string, limit = shareLimit, rise = shareRise): Watched => {
  const key = `guards/${pattern.replaceAll(' ', '_')}`
  return {
    pattern,
    over: (now, start) => {
      const [share, before] = [now[key] ?? 0, start[key] ?? 0]
      if (share < Math.max(limit, before + rise)) return null
      return `${percent(share)} of rollouts (${percent(before)} at the start)`
    },
  }
}

const watched: readonly Watched[] = [
  shareOf('empty answer'),
  shareOf('giant step'),
  shareOf('plan without solving'),
  shareOf('repetition'),
  shareOf('truncated rewarded', truncatedLimit, truncatedLimit),
  {
    pattern: 'reward without right answers',
    over: (now, start) => {
      const [right, before] = [now[accuracyKey], start[accuracyKey]]
      if (right === undefined || before === undefined || right > before - accuracyFall) return null
      return risen(now, start) === null ? null : 'the judge is pleased with wrong answers'
    },
  },
  {
    pattern: 'right answers fall',
    over: (_now, _start, trend) => {
      if (trend === null || trend.accuracy > trend.best - trendFall) return null
      return `${percent(trend.best)} of the last batches at best, ${percent(trend.accuracy)} now`
    },
  },
]

/** Looks at one more iteration; the alarms are those that are new. */
export function watch(
  state: AlarmState,
  iteration: number,
  metrics: Metrics,
): { readonly state: AlarmState; readonly alarms: readonly Alarm[] } {
  const trend = nextTrend(state.trend, metrics[accuracyKey])
  if (state.seen < startIterations)
    return { state: { ...withStart(state, metrics), trend }, alarms: [] }
  const since: Record<string, number> = {}
  const raised: string[] = []
  const alarms: Alarm[] = []
  for (const { pattern, over } of watched) {
    const words = over(metrics, state.start, trend)
    if (words === null) continue
    const first = state.since[pattern] ?? iteration
    since[pattern] = first
    if (iteration - first + 1 < patience) continue
    raised.push(pattern)
    if (state.raised.includes(pattern)) continue
    const message = [`${pattern}: ${words}`, ...context(metrics, state.start)].join(', ')
    alarms.push({ pattern, since: first, message })
  }
  return { state: { ...state, since, raised, trend }, alarms }
}

/** The first iteration that showed any pattern which still shows; null where none does. */
export function suspectSince({ since }: AlarmState): number | null {
  const all = Object.values(since)
  return all.length === 0 ? null : Math.min(...all)
}

function withStart(state: AlarmState, metrics: Metrics): AlarmState {
  const { seen, start } = state
  const finite = Object.entries(metrics).filter(([, value]) => Number.isFinite(value))
  const means = finite.map(([key, value]) => {
    const before = start[key] ?? value
    return [key, before + (value - before) / (seen + 1)] as const
  })
  return { ...state, seen: seen + 1, start: { ...start, ...Object.fromEntries(means) } }
}

function nextTrend(trend: Trend | null, right: number | undefined): Trend | null {
  if (right === undefined || !Number.isFinite(right)) return trend
  const before = trend?.accuracy ?? right
  const accuracy = before + trendWeight * (right - before)
  return { accuracy, best: Math.max(trend?.best ?? accuracy, accuracy) }
}

/** What else changed since the start, in words. */
function context(now: Metrics, start: Metrics): string[] {
  const rise = risen(now, start)
  const right = [start[accuracyKey], now[accuracyKey]] as const
  const moved = Math.abs((right[0] ?? Number.NaN) - (right[1] ?? Number.NaN)) >= accuracyFall
  return [
    ...(rise === null ? [] : [rise]),
    ...lengthChange('steps per answer', 'rollouts/steps_mean', now, start),
    ...lengthChange('tokens per step', 'rollouts/tokens_per_step', now, start),
    ...(moved ? [`right answers ${percent(right[0]!)} to ${percent(right[1]!)}`] : []),
  ]
}

/** In which way the judge's rewards rose; null where they did not. */
function risen(now: Metrics, start: Metrics): string | null {
  for (const { key, by, name } of rewardRises) {
    const [before, after] = [start[key], now[key]]
    if (before !== undefined && after !== undefined && after >= before + by)
      return `PRM reward rising (${name} ${before.toFixed(2)} to ${after.toFixed(2)})`
  }
  return null
}

function lengthChange(name: string, key: string, now: Metrics, start: Metrics): string[] {
  const factor = (now[key] ?? Number.NaN) / (start[key] ?? Number.NaN)
  if (!(factor >= toldFactor || factor <= 1 / toldFactor)) return []
  return [`${name} ${start[key]!.toFixed(1)} to ${now[key]!.toFixed(1)}`]
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
