import { expect, test } from 'vitest'
import { concat, deviation, mean } from '../../src/numbers/numeric.ts'

test('ids one after the other, as a copy', () => {
  const [a, b] = [Int32Array.of(1, 2), Int32Array.of(3)]
  const all = concat(a, b)
  expect(all).toEqual(Int32Array.of(1, 2, 3))
  all[0] = 9
  expect(a[0]).toBe(1)
  expect(concat(new Int32Array(), b)).toEqual(b)
  expect(concat(new Int32Array(), new Int32Array())).toEqual(new Int32Array())
})

test.each([
  { values: [1, 2, 6], centre: 3, spread: Math.sqrt(14 / 3) },
  { values: [-2], centre: -2, spread: 0 },
  { values: [1, Number.NaN], centre: Number.NaN, spread: Number.NaN },
  { values: [], centre: Number.NaN, spread: Number.NaN }, // of nothing there is no mean
])('mean and deviation of $values', ({ values, centre, spread }) => {
  expect(mean(values)).toEqual(centre)
  expect(deviation(values)).toEqual(spread)
})

test('the mean of a typed array, and of any other row of numbers', () => {
  expect(mean(Float32Array.of(1, 2))).toBe(1.5)
  expect(mean(new Set([1, 3]))).toBe(2)
})
