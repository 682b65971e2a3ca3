import { expect, test } from 'vitest'
import { correlation } from '../../src/numbers/correlation.ts'
import { normal, random } from '../../src/numbers/random.ts'

test('of 1, 2, 3 and 10, 20, 30 it is 1; of what has no spread 0', () => {
  expect(correlation([1, 2, 3], [10, 20, 30]).rho).toBeCloseTo(1, 12)
  expect(correlation([1, 2, 3], [3, 2, 1]).rho).toBeCloseTo(-1, 12)
  expect(correlation([1, 2, 3], [5, 5, 5])).toEqual({ rho: 0, slopes: new Float32Array(3) })
  expect(correlation([], []).rho).toBe(0)
  expect(() => correlation([1], [])).toThrow('1 and 0 numbers')
})

test('slopes are derivatives', () => {
  const draw = random(3)
  for (let round = 0; round < 20; round++) {
    const [xs, ys] = [1, 2].map(() => Array.from({ length: 6 }, () => normal(draw)))
    const { rho, slopes } = correlation(xs!, ys!)
    expect(Math.abs(rho)).toBeLessThanOrEqual(1)
    xs!.forEach((x, i) => {
      const at = (d: number): number => correlation(xs!.with(i, x + d), ys!).rho
      expect(slopes[i]).toBeCloseTo((at(1e-4) - at(-1e-4)) / 2e-4, 4)
    })
  }
})
