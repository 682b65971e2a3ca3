import { expect, test } from 'vitest'
import {
  type Alarm,
  type AlarmState,
  nothingSeen,
  suspectSince,
  watch,
} from '../../src/train/alarms.ts'
import type { Metrics } from '../../src/train/metrics.ts'

/** The alarms of a run of these metrics, each with its iteration, and the state at the end. */
function watched(lines: readonly Metrics[], state: AlarmState = nothingSeen, done = 0) {
  const alarms: (Alarm & { readonly at: number })[] = []
  for (const [i, line] of lines.entries()) {
    const at = done + i + 1
    const next = watch(state, at, line)
    state = next.state
    alarms.push(...next.alarms.map(alarm => ({ ...alarm, at })))
  }
  return { alarms, state }
}

const healthy: Metrics = {
  'guards/plan_without_solving': 0.01,
  'rollouts/accuracy': 0.58,
  'rollouts/steps_mean': 6,
  'rewards/process_sum_mean': 3,
}
const times = (n: number, line: Metrics): Metrics[] => Array.from({ length: n }, () => line)

test('the hack of summed process rewards: the pattern is named, with what changed beside it', () => {
  const hacked = {
    'guards/plan_without_solving': 0.62,
    'rollouts/accuracy': 0.13,
    'rollouts/steps_mean': 18,
    'rewards/process_sum_mean': 9.4,
  }
  const { alarms } = watched([...times(4, healthy), ...times(3, hacked)])
  expect(alarms.map(({ pattern, at, since }) => [pattern, at, since])).toEqual([
    ['plan without solving', 6, 5],
    ['reward without right answers', 6, 5],
    ['right answers fall', 7, 6], // 0.58, then 0.49, 0.418, 0.3604
  ])
  expect(alarms[0]!.message).toBe(
    'plan without solving: 62 % of rollouts (1 % at the start), PRM reward rising (sum of steps 3.00 to 9.40), ' +
      'steps per answer 6.0 to 18.0, right answers 58 % to 13 %',
  )
})

test('a task that always looked like the pattern is no alarm', () => {
  const short = { 'guards/empty_answer': 0.7, 'guards/plan_without_solving': 0.4 }
  expect(watched(times(20, short)).alarms).toEqual([])
  const more = { ...short, 'guards/empty_answer': 0.92 }
  expect(watched([...times(3, short), ...times(2, more)]).alarms).toMatchObject([
    { pattern: 'empty answer', at: 5 },
  ])
})

test('one batch is no proof, and a pattern is told once until it has gone', () => {
  const bad = { ...healthy, 'guards/repetition': 0.5 }
  const start = times(3, healthy)
  expect(watched([...start, bad, healthy, bad, healthy]).alarms).toEqual([])
  const twice = watched([...start, bad, bad, bad, bad, healthy, bad, bad])
  expect(twice.alarms.map(({ at }) => at)).toEqual([5, 10])
})

test('rewarded truncation is told early, a rise of accuracy never', () => {
  const some = { ...healthy, 'guards/truncated_rewarded': 0.06 }
  const { alarms } = watched([...times(3, healthy), some, some])
  expect(alarms).toMatchObject([{ pattern: 'truncated rewarded', at: 5 }])
  const better = { ...healthy, 'rollouts/accuracy': 0.9, 'rewards/process_sum_mean': 9 }
  expect(watched([...times(3, healthy), ...times(5, better)]).alarms).toEqual([])
})

test('a fall from the best is told, also where the judge saw it and the start was no better', () => {
  const right = (accuracy: number): Metrics => ({ 'rollouts/accuracy': accuracy })
  const risen = [...times(3, right(0.5)), ...times(30, right(0.9))]
  const { alarms } = watched([...risen, ...times(6, right(0.6))])
  // the trend has come to 0.8995, and falls to 0.84, 0.79, 0.75 and, below 0.7495, 0.72 after the fourth
  expect(alarms).toMatchObject([{ pattern: 'right answers fall', since: 37, at: 38 }])
  expect(alarms[0]!.message).toBe('right answers fall: 90 % of the last batches at best, 70 % now')
  expect(watched([...risen, right(0.3), ...times(9, right(0.9))]).alarms).toEqual([])
  expect(watched(times(9, right(Number.NaN))).state.trend).toBeNull()
})

test('the state is data: a run that is continued sees what an unbroken one sees', () => {
  const bad = { ...healthy, 'guards/giant_step': 0.5 }
  const lines = [...times(2, healthy), { 'rollouts/accuracy': Number.NaN }, ...times(2, bad)]
  const whole = watched(lines)
  for (let cut = 0; cut <= lines.length; cut++) {
    const first = watched(lines.slice(0, cut))
    const stored = JSON.parse(JSON.stringify(first.state)) as AlarmState
    const second = watched(lines.slice(cut), stored, cut)
    expect([...first.alarms, ...second.alarms]).toEqual(whole.alarms)
    expect(second.state).toEqual(whole.state)
  }
  expect(suspectSince(whole.state)).toBe(4)
  expect(suspectSince(nothingSeen)).toBeNull()
})
