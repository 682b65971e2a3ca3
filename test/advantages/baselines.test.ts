import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eq7 } from '../../src/advantages/eq7.ts'
import { groupMean } from '../../src/advantages/group-mean.ts'
import { leaveOneOut } from '../../src/advantages/leave-one-out.ts'
import { none } from '../../src/advantages/none.ts'
import { openrlhfStep } from '../../src/advantages/openrlhf-step.ts'
import { openrlhfToken } from '../../src/advantages/openrlhf-token.ts'
import { verl } from '../../src/advantages/verl.ts'
import type { Baseline, Returns } from '../../src/method.ts'
import { exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'

const maxTokens = 100
const baselines: readonly [string, Baseline][] = [
  ['eq7', eq7({ maxTokens })],
  ['leaveOneOut', leaveOneOut()],
  ['openrlhfToken', openrlhfToken()],
  ['openrlhfStep', openrlhfStep()],
  ['verl', verl({ maxTokens })],
  ['groupMean', groupMean()],
  ['none', none()],
]
const centred = baselines.filter(([name]) => name !== 'none')
const group = exampleGroup([2], [1, 1], [3])
const same = (value: number): Returns =>
  group.rollouts.map(r => new Float32Array(r.ids.length).fill(value))

describe.each(baselines)('%s', (name, baseline) => {
  test('a rollout of no tokens, or of none by the policy, counts for nobody', () => {
    const silent = exampleRollout([2], [{ start: 0, end: 2, role: 'tool' }])
    const some = exampleGroup([2], [1], [], silent)
    const found = baseline(some, [f32(1, 1), f32(0), f32(), f32(9, 9)])
    const without = baseline(exampleGroup([2], [1]), [f32(1, 1), f32(0)])
    if (name !== 'verl') expect(found.slice(0, 2)).toEqual(without)
    expect([...found[2]]).toEqual([])
    expect([...found[3]]).toEqual([0, 0])
  })

  test('the order of the rollouts does not matter', () => {
    const returns_G = [f32(1, 0.5), f32(-1, 0.25), f32(0.5, 0.5, 0.5)]
    const order = [2, 0, 1]
    const found = baseline(group, returns_G)
    const turned = baseline(
      { ...group, rollouts: order.map(g => group.rollouts[g]) },
      order.map(g => returns_G[g]),
    )
    for (const [i, g] of order.entries()) expectClose(turned[i], found[g])
  })

  test('a return that is not finite is not hidden', () => {
    const returns_G = [f32(Number.NaN, Number.NaN), f32(1, 1), f32(0, 0, 0)]
    expect(baseline(group, returns_G)[0].every(Number.isNaN)).toBe(true)
  })

  test('an empty group is an empty answer', () => expect(baseline(exampleGroup(), [])).toEqual([]))

  test('returns must agree with the rollouts and their tokens', () => {
    expect(() => baseline(group, [])).toThrow(/0 rollouts for 3|undefined/)
    expect(() => baseline(group, [f32(1), f32(1, 1), f32(1, 1, 1)])).toThrow(/1 returns for 2/)
  })
})

describe.each(centred)('%s', (name, baseline) => {
  test('the only labelled rollout has no baseline, and zeros', () => {
    if (name === 'verl') return // a missing label is a reward of 0 there
    const found = baseline(group, [f32(1, 1), null, null])
    expect(found.every(a_T => a_T.every(a => a === 0))).toBe(true)
    expect([...baseline(exampleGroup([2]), [f32(1, 1)])[0]]).toEqual([0, 0])
  })

  test('a rollout without a label gets 0 and is no part of the others baseline', () => {
    if (name === 'verl') return
    const found = baseline(group, [f32(1, 1), null, f32(0.5, 0.5, 0.5)])
    const fewer = { ...group, rollouts: [group.rollouts[0], group.rollouts[2]] }
    const without = baseline(fewer, [f32(1, 1), f32(0.5, 0.5, 0.5)])
    expect([found[0], found[2]]).toEqual(without)
    expect([...found[1]]).toEqual([0, 0])
  })
})

test('verl counts a missing label as a reward of 0', () => {
  const baseline = verl({ maxTokens })
  expect(baseline(group, [f32(1, 1), null, f32(0, 0, 0)])).toEqual(
    baseline(group, [f32(1, 1), f32(0, 0), f32(0, 0, 0)]),
  )
})

test('verl sums the returns of the policy tokens only', () => {
  const spans = [
    { start: 0, end: 1, role: 'policy' },
    { start: 1, end: 3, role: 'tool' },
  ] as const
  const some = exampleGroup(exampleRollout([3], spans), [1])
  const [, [a]] = verl({ maxTokens: 10 })(some, [f32(1, 1, 1), f32(0)])
  expect(a).toBeCloseTo(-0.1, 6)
})

test.each([0.1, 0.7, 1, 1 / 3])('equal outcomes of %f cancel exactly', value => {
  for (const baseline of [leaveOneOut(), groupMean()])
    expect(baseline(group, same(Math.fround(value))).every(a_T => a_T.every(a => a === 0))).toBe(
      true,
    )
})

test('leave-one-out and group-mean advantages of a group sum to 0', () => {
  const outcomes = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 2 })
  fc.assert(
    fc.property(outcomes, outcomes => {
      const group = exampleGroup(...outcomes.map(() => [1]))
      const returns_G = outcomes.map(x => f32(x))
      for (const baseline of [leaveOneOut(), groupMean()]) {
        const total = baseline(group, returns_G).reduce((sum, [a]) => sum + a, 0)
        expect(total).toBeCloseTo(0, 4)
      }
    }),
  )
})

test('eq. 7 charges the same for every token to come, however the answer is cut into steps', () => {
  const returns_G = [f32(1, 1), f32(1, 1), f32(1, 1, 1)]
  const [a_T, b_T, c_T] = eq7({ maxTokens: 10 })(group, returns_G)
  expect(a_T).toEqual(b_T)
  expectClose(c_T, [0, 0.1, 0.2])
})

test('eq. 7 counts the tokens of the policy only, and refuses more than there can be', () => {
  const spans = [
    { start: 0, end: 1, role: 'policy' },
    { start: 1, end: 3, role: 'tool' },
    { start: 3, end: 4, role: 'policy' },
  ] as const
  const some = exampleGroup(exampleRollout([4], spans), [1])
  const [a_T] = eq7({ maxTokens: 2 })(some, [f32(1, 1, 1, 1), f32(1)])
  expectClose(a_T, [0, 0, 0, 0.5])
  const returns_G = [f32(1, 1, 1, 1), f32(1)]
  expect(() => eq7({ maxTokens: 1 })(some, returns_G)).toThrow('eq7: 2 tokens')
})
