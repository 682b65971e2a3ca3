import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reweight, softMin } from '../../src/credit/soft-min.ts'
import { untilWorst } from '../../src/credit/worst-step.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

const rewards_S = fc
  .array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 12 })
  .map(xs => Float32Array.from(xs, x => x / 100))

test('the reward mass moves to the worst step as the temperature falls', () => {
  expect([...reweight(f32(0.75, -1, 0.5), 1e-3)]).toEqual([0, -1, 0])
})

test('equal steps share', () => expect([...reweight(f32(0.5, 0.5), 1)]).toEqual([0.25, 0.25]))

test('large rewards and small temperatures do not overflow', () => {
  expect([...reweight(f32(1e30, -1e30), 1e-6)]).toEqual([0, Math.fround(-1e30)])
})

test('a rollout of no steps has no label, one of an empty step no tokens to credit', () => {
  const group = exampleGroup([], [1])
  expect(softMin()(group, { steps_G_S: [f32(), f32(0.5)] })).toEqual([null, f32(0.5)])
})

test.each([Number.NaN, Infinity, -Infinity])('a reward of %f is not hidden', bad => {
  const [returns_T] = softMin()(exampleGroup([2, 1]), { steps_G_S: [f32(0.5, bad)] })
  expect([...returns_T!]).toEqual([Number.NaN, Number.NaN, Number.NaN])
})

test('a temperature of 0 is refused', () =>
  expect(() => softMin({ temperature: 0 })).toThrow(/above 0/))

describe('for all rewards', () => {
  test('a temperature near 0 gives the worst-step form, where one step is the worst', () => {
    const distinct = fc
      .uniqueArray(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 12 })
      .map(xs => Float32Array.from(xs, x => x / 100))
    fc.assert(
      fc.property(distinct, rewards_S => {
        const group = exampleGroup(Array.from(rewards_S, () => 1))
        const [returns_T] = softMin({ temperature: 1e-4 })(group, { steps_G_S: [rewards_S] })
        expectClose(returns_T, untilWorst(rewards_S))
      }),
    )
  })

  test('the sum is a weighted mean: between the lowest and the plain mean', () => {
    fc.assert(
      fc.property(rewards_S, fc.constantFrom(0.01, 0.1, 1, 10), (rewards_S, temperature) => {
        const total = sum(reweight(rewards_S, temperature))
        expect(total).toBeGreaterThanOrEqual(Math.min(...rewards_S) - 1e-5)
        expect(total).toBeLessThanOrEqual(sum(rewards_S) / rewards_S.length + 1e-5)
      }),
    )
  })

  test('another order of the steps is only another order of the re-weighted rewards', () => {
    fc.assert(
      fc.property(rewards_S, rewards_S => {
        const back = reweight(rewards_S.toReversed(), 0.1).toReversed()
        expectClose(reweight(rewards_S, 0.1), back)
      }),
    )
  })
})

function sum(xs: Float32Array): number {
  return xs.reduce((a, b) => a + b, 0)
}
