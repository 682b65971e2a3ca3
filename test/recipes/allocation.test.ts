import { expect, test } from 'vitest'
import { mean } from '../../src/numbers/numeric.ts'
import { random } from '../../src/numbers/random.ts'
import {
  allocated,
  fairShares,
  inverseGap,
  kindsAfter,
  rolloutsByKind,
} from '../../src/rollouts/allocated.ts'
import { exampleGroup, expectClose } from '../example-groups.ts'
import { problems, toyPolicy, toySampler } from '../toy.ts'

test('values .9, .8, .5 with mu 3 and gamma 10: .607, .25, .143 (arXiv:2412.00569)', () => {
  expectClose(inverseGap([0.9, 0.8, 0.5], { gamma: 10, mu: 3 }), [0.607143, 0.25, 0.142857])
})

test('shares sum to 1, the best has most, a larger gap has less; gamma 0 is uniform', () => {
  const draw = random(1)
  for (let round = 0; round < 200; round++) {
    const values = Array.from({ length: 2 + Math.floor(5 * draw()) }, () => draw())
    const time = draw()
    for (const shares of [inverseGap(values, { gamma: 50 * draw() }), fairShares(values, time)]) {
      expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
      for (const [a, x] of values.entries())
        for (const [b, y] of values.entries())
          if (x > y) expect(shares[a]!).toBeGreaterThanOrEqual(shares[b]! - 1e-12)
    }
    expectClose(
      inverseGap(values, { gamma: 0 }),
      values.map(() => 1 / values.length),
    )
  }
})

test('fair shares are contributions at first and equal at last', () => {
  expect(fairShares([0.3, 0.1], 0)).toEqual([0.75, 0.25].map(x => expect.closeTo(x, 12)))
  expect(fairShares([0.3, 0.1], 1)).toEqual([0.5, 0.5])
  expect(fairShares([0, 0], 0)).toEqual([0.5, 0.5])
})

test('equal shares are the usual number; never fewer than 2 nor more than may be', () => {
  expect(rolloutsByKind([0.25, 0.25, 0.25, 0.25], 8, 16)).toEqual([8, 8, 8, 8])
  expect(rolloutsByKind([0.9, 0.06, 0.04], 8, 16)).toEqual([16, 2, 2])
})

const asked = (prompt: string, ...outcome_G: (number | null)[]) => {
  const group = exampleGroup(...outcome_G.map(() => [1]))
  return { group: { ...group, problem: { ...group.problem, prompt } }, rewards: { outcome_G } }
}
const batch = (...all: ReturnType<typeof asked>[]) => ({
  groups_P: all.map(({ group }) => group),
  rewards_P: all.map(({ rewards }) => rewards),
})

test('kinds are bands of lengths; what one taught is a running mean of 4 p (1 - p)', () => {
  const first = kindsAfter(null, 2)(batch(asked('aa', 1, 0), asked('a', 1, 1), asked('aaaa', 0, 0)))
  expect(first).toEqual({ ends: [2], values: [0.5, 0] })
  const second = kindsAfter(first, 2)(batch(asked('aaa', 1, 0), asked('a', null)))
  expect(second.ends).toEqual([2])
  expect(second.values).toEqual([0.5, expect.closeTo(0.2, 12)])
})

test('each problem has the rollouts of its kind, in the order of the problems', async () => {
  const sampler = toySampler(toyPolicy(3))
  const kinds = { ends: [2], values: [1, 0] }
  const some = [problems[0]!, { ...problems[1]!, question: 'a long one' }, problems[2]!]
  const found = await allocated(sampler, kinds, { usual: 4, each: [5, 2] })(some, 1)
  expect(found.map(({ problem, rollouts }) => [problem.id, rollouts.length])).toEqual([
    ['q0', 5],
    ['q1', 2],
    ['q2', 5],
  ])
  const before = await allocated(sampler, null, { usual: 4, each: [] })(some, 1)
  expect(mean(before.map(({ rollouts }) => rollouts.length))).toBe(4)
})
