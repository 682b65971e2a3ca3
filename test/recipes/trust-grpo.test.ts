import { expect, test } from 'vitest'
import { trustedThinking, trustOf } from '../../src/credit/trusted-thinking.ts'
import { below, random } from '../../src/numbers/random.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

/** What each rollout of a group of single tokens is credited with; `thinking` in [0, 1]. */
function creditOf(outcome_G: (number | null)[], thinking: (number | null)[], weight = 0.3) {
  const group = exampleGroup(...thinking.map(() => [1]))
  const steps_G_S = thinking.map(x => (x === null ? null : f32(2 * x - 1)))
  return trustedThinking({ weight })(group, { outcome_G, steps_G_S }).map(r_T => r_T && r_T[0]!)
}

test('right rollouts think 0.4 and wrong ones 0.6: trust is 0.8187 (arXiv:2505.17018, section 3.3)', () => {
  expect(trustOf([1, 1, 0, 0], [0.3, 0.5, 0.6, 0.6])).toBeCloseTo(0.8187, 4)
  expect(trustOf([1, 0], [0.6, 0.4])).toBe(1)
  expect(trustOf([1, 0, 0], [0.6, null, null])).toBe(1) // nothing to compare with
  expect(0.3 * Math.exp(-100 / 500) * trustOf([1, 0], [0.4, 0.6])).toBeCloseTo(0.2011, 4)
})

test('a bonus comes on top of the outcome, where the group has both kinds', () => {
  const [right, wrong] = creditOf([1, 0], [0.8, 0.4])
  expect([right, wrong]).toEqual([expect.closeTo(1.24, 5), expect.closeTo(0.12, 5)])
  expect(creditOf([1, 1], [0.8, 0.4])).toEqual([1, 1])
  expect(creditOf([0, 0], [0.8, null])).toEqual([0, 0])
})

test('of a judge of whole answers the last score is the thinking', () => {
  const rewards = { outcome_G: [1, 0], steps_G_S: [f32(-1, 0.6), f32(1, -0.2)] }
  const credited = (last: boolean) =>
    trustedThinking({ weight: 0.3, last })(exampleGroup([1, 1], [1, 1]), rewards).map(
      r_T => r_T![0],
    )
  const trust = Math.exp(0.4 - 0.7) // by the mean wrong ones think better
  expect(credited(true)).toEqual([expect.closeTo(1.24, 5), expect.closeTo(0.12, 5)])
  expect(credited(false)).toEqual([
    expect.closeTo(1 + 0.3 * trust * 0.4, 5),
    expect.closeTo(0.3 * trust * 0.7, 5),
  ])
})

test('what is not known stays so, and no number stays none', () => {
  expect(creditOf([1, 0, null, 1], [0.5, null, 0.5, 0.5])).toEqual([
    expect.closeTo(1.15, 5),
    null,
    null,
    expect.closeTo(1.15, 5),
  ])
  for (const value of creditOf([1, 0], [Number.NaN, 0.5])) expect(value).not.toBe(1)
  expect(creditOf([1, 0], [Number.NaN, 0.5])[0]).toBeNaN()
})

test('no wrong rollout passes a right one, and thinking adds at most its weight', () => {
  const draw = random(3)
  for (let round = 0; round < 200; round++) {
    const outcomes = [1, 0, ...Array.from({ length: 5 }, () => below(draw, 2))]
    const weight = draw()
    const found = creditOf(
      outcomes,
      outcomes.map(() => draw()),
      weight,
    ) as number[]
    for (const [g, value] of found.entries()) {
      expect(value - outcomes[g]!).toBeGreaterThanOrEqual(0)
      expect(value - outcomes[g]!).toBeLessThanOrEqual(weight + 1e-6)
    }
    const of = (outcome: number) => found.filter((_, g) => outcomes[g] === outcome)
    expect(Math.min(...of(1))).toBeGreaterThan(Math.max(...of(0)) - 1e-6)
  }
})
