import fc from 'fast-check'
import { expect, test } from 'vitest'
import { discountedSum, sum } from '../../src/credit/sum.ts'
import { f32 } from '../example-groups.ts'

test('what is still to come, discounted', () => {
  expect([...discountedSum(f32(1, 2, 4), 0.5)]).toEqual([3, 4, 4])
  expect([...discountedSum(f32(1, 2, 4), 0)]).toEqual([1, 2, 4])
  expect([...discountedSum(f32())]).toEqual([])
})

test('differences of returns are the rewards: the sum telescopes', () => {
  const quarters = fc.array(fc.integer({ min: -40, max: 40 }).map(x => x / 4))
  fc.assert(
    fc.property(quarters, xs => {
      const returns_S = discountedSum(Float32Array.from(xs))
      expect(Array.from(returns_S, (x, s) => x - (returns_S[s + 1] ?? 0))).toEqual(xs)
    }),
  )
})

test('a discount above 1 is refused', () =>
  expect(() => sum({ discount: 1.5 })).toThrow(/\[0, 1\]/))
