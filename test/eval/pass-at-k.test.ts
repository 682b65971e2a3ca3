import { expect, test } from 'vitest'
import { averageAtN, meanPassAtK, passAtK } from '../../src/eval/pass-at-k.ts'

test.each([
  // 1 - C(n - c, k) / C(n, k)
  [4, 1, 1, 1 / 4],
  [4, 1, 2, 1 - 3 / 6], // of 6 pairs 3 have no right one
  [4, 2, 2, 1 - 1 / 6],
  [4, 3, 2, 1], // no pair without one
  [5, 2, 3, 1 - 1 / 10],
  [10, 3, 5, 1 - 21 / 252],
  [8, 0, 8, 0],
  [8, 1, 8, 1],
  [1, 1, 1, 1],
])('%d samples, %d right: pass@%d is %d', (n, c, k, expected) => {
  expect(passAtK(n, c, k)).toBeCloseTo(expected, 12)
})

test('the mean over all draws of k of the samples', () => {
  const right = [true, false, false, true, false, false]
  const draws = right.flatMap((a, i) =>
    right.slice(i + 1).flatMap((b, j) => right.slice(i + j + 2).map(c => Number(a || b || c))),
  )
  expect(draws).toHaveLength(20)
  expect(passAtK(6, 2, 3)).toBeCloseTo(draws.reduce((sum, x) => sum + x, 0) / 20, 12)
})

test('does not lose digits or overflow where binomials would', () => {
  expect(passAtK(10_000, 5_000, 2_000)).toBe(1)
  expect(passAtK(100_000, 1, 1)).toBeCloseTo(1e-5, 12)
})

test.each([
  [4, 1, 0],
  [4, 1, 5],
  [4, 5, 1],
  [4, -1, 1],
])('passAtK(%d, %d, %d) is refused', (n, c, k) => {
  expect(() => passAtK(n, c, k)).toThrow(RangeError)
})

test('problems count alike, those without a graded sample not at all', () => {
  const tally_P = [
    { graded: 4, right: 1 },
    { graded: 4, right: 4 },
    { graded: 0, right: 0 },
    { graded: 2, right: 1 },
  ]
  expect(averageAtN(tally_P)).toBeCloseTo((0.25 + 1 + 0.5) / 3, 12)
  expect(meanPassAtK(tally_P, 4)).toBe(1) // of the two problems with four samples
  expect(meanPassAtK(tally_P, 2)).toBeCloseTo((0.5 + 1 + 1) / 3, 12)
  expect(averageAtN([])).toBeNaN()
  expect(meanPassAtK(tally_P, 5)).toBeNaN()
})
