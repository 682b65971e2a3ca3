import { describe, expect, test } from 'vitest'
import type { Returns } from '../../src/method.ts'
import { advantages } from '../../src/stages.ts'
import { credited, exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'

const part = (weight = 1) => ({ baseline: advantages.none(), weight })
const group = exampleGroup([2, 1], [1])

test('streams are added by their weights, and the size of each is told', () => {
  const combined = advantages.combine({ process: part(2), outcome: part(-1) })
  const process: Returns = [f32(1, 1, 0), f32(1)]
  const outcome: Returns = [null, f32(1)]
  const { advantages_P_G_T, metrics } = combined(credited([group], [{ process, outcome }]))
  expect(advantages_P_G_T).toEqual([[f32(2, 2, 0), f32(1)]])
  expect(metrics['advantages/process_rms']).toBeCloseTo(Math.sqrt(3), 6)
  expect(metrics['advantages/outcome_rms']).toBeCloseTo(0.5, 6)
  expect(metrics['advantages/combined_rms']).toBeCloseTo(1.5, 6)
})

test('groups and their rollouts keep their places', () => {
  const combined = advantages.combine({ outcome: part() })
  const groups_P = [group, exampleGroup(), exampleGroup([1])]
  const streams_P = [[f32(1, 1, 1), f32(2)], [], [f32(3)]].map(outcome => ({ outcome }))
  const { advantages_P_G_T } = combined(credited(groups_P, streams_P))
  expect(advantages_P_G_T).toEqual(streams_P.map(({ outcome }) => outcome))
  expect(combined(credited([], []))).toMatchObject({ advantages_P_G_T: [] })
})

describe.each(['none', 'verl', 'openrlhf'] as const)('whitening %s', whiten => {
  const spans = [
    { start: 0, end: 2, role: 'policy' },
    { start: 2, end: 4, role: 'tool' },
    { start: 4, end: 6, role: 'policy' },
  ] as const
  const groups_P = [exampleGroup(exampleRollout([3, 3], spans), [2])]
  const returns: Returns = [f32(1, 2, 3, 4, 5, 6), f32(-1, -2)]
  const options = { maskClosing: true, whiten }

  test('closing tokens and those of others are exactly 0', () => {
    const combined = advantages.combine({ process: part() }, options)
    const [[a_T, b_T]] = combined(credited(groups_P, [{ process: returns }])).advantages_P_G_T
    expect(Array.from(a_T, a => a === 0)).toEqual([false, false, true, true, false, true])
    expect(Array.from(b_T, a => a === 0)).toEqual([false, true])
  })

  test('masked tokens and those of others are no part of the mean', () => {
    if (whiten === 'none') return
    const combined = advantages.combine({ process: part() }, options)
    const [a_G_T] = combined(credited(groups_P, [{ process: returns }])).advantages_P_G_T
    const total = a_G_T.flatMap(a_T => [...a_T]).reduce((a, b) => a + b, 0)
    expect(total).toBeCloseTo(0, 5)
  })

  test('a batch of one token, or of none, is finite', () => {
    const combined = advantages.combine({ process: part() }, { whiten })
    const one = combined(credited([exampleGroup([1])], [{ process: [f32(7)] }]))
    expect(one.advantages_P_G_T[0][0].every(Number.isFinite)).toBe(true)
    const none = combined(credited([exampleGroup([])], [{ process: [null] }]))
    expect(Object.values(none.metrics).every(Number.isFinite)).toBe(true)
  })

  test('what is not finite is not hidden', () => {
    const combined = advantages.combine({ process: part() }, { whiten })
    const { advantages_P_G_T } = combined(
      credited([group], [{ process: [f32(Number.NaN, 1, 1), f32(1)] }]),
    )
    expect(advantages_P_G_T[0][0][0]).toBeNaN()
  })
})

test('whitened by verl, advantages have mean 0 and deviation 1 over the whole batch', () => {
  const combined = advantages.combine({ outcome: part() }, { whiten: 'verl' })
  const groups_P = [exampleGroup([1], [1]), exampleGroup([1])]
  const streams_P = [{ outcome: [f32(1), f32(2)] }, { outcome: [f32(6)] }]
  const [[a, b], [c]] = combined(credited(groups_P, streams_P)).advantages_P_G_T
  const deviation = Math.sqrt(7) // squares 4, 1, 9 over n - 1
  expectClose([a[0], b[0], c[0]], [-2 / deviation, -1 / deviation, 3 / deviation])
})

test('whitened by OpenRLHF, an advantage of 0 stays 0: a group without signal does not learn', () => {
  const combined = advantages.combine(
    { outcome: { baseline: advantages.leaveOneOut(), weight: 1 } },
    { whiten: 'openrlhf' },
  )
  const groups_P = [exampleGroup([1], [1]), exampleGroup([1], [1])]
  const streams_P = [{ outcome: [f32(1), f32(1)] }, { outcome: [f32(1), f32(0)] }]
  const { advantages_P_G_T } = combined(credited(groups_P, streams_P))
  expect(advantages_P_G_T[0]).toEqual([f32(0), f32(0)])
  expect(advantages_P_G_T[1][0][0]).toBeGreaterThan(0.5)
})

test('streams, names and lengths must agree', () => {
  const combined = advantages.combine({ process: part() })
  expect(() => combined(credited([group], []))).toThrow('streams of 0 groups for 1')
  const process: Returns = [f32(1, 1, 1), f32(1)]
  const more = { process, outcome: process }
  expect(() => combined(credited([group], [more]))).toThrow(
    'streams process, outcome, expected process',
  )
  const short = advantages.combine({ process: { baseline: () => [f32(1)], weight: 1 } })
  expect(() => short(credited([group], [{ process }]))).toThrow(
    "'process' gives not one advantage a token",
  )
})
