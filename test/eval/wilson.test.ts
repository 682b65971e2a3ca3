import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wilson } from '../../src/eval/wilson.ts'

test('numbers worked out by hand', () => {
  // 0 of n: z^2 / (n + z^2) at most; n of n: n / (n + z^2) at least
  expect(wilson(0, 4, 2)).toEqual([0, 0.5])
  expect(wilson(4, 4, 2)).toEqual([0.5, 1])
  // 1 of 2, z = 1: (0.5 + 0.25 -+ sqrt(0.125 + 0.0625)) / 1.5
  const [low, high] = wilson(1, 2, 1)
  expect(low).toBeCloseTo(0.211325, 6)
  expect(high).toBeCloseTo(0.788675, 6)
  expect(wilson(0, 0, 1)).toEqual([0, 1])
})

test('it holds the share, lies in [0, 1], and narrows with more of the same', () => {
  const trials = fc.integer({ min: 1, max: 500 }).chain(n => fc.tuple(fc.nat(n), fc.constant(n)))
  fc.assert(
    fc.property(trials, fc.double({ min: 0.1, max: 4, noNaN: true }), ([right, n], z) => {
      const [low, high] = wilson(right, n, z)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
      expect(low).toBeLessThanOrEqual(right / n + 1e-12)
      expect(high).toBeGreaterThanOrEqual(right / n - 1e-12)
      const [low2, high2] = wilson(2 * right, 2 * n, z)
      expect(high2 - low2).toBeLessThan(high - low)
    }),
  )
})
