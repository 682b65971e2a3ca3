import { describe, expect, test } from 'vitest'
import { endsOf, firstAtLeast, spreadCurve, spreadOf } from '../../src/compare/spread.ts'

describe('spreadOf', () => {
  test('mean and sample standard deviation', () => {
    expect(spreadOf([1, 2, 3])).toEqual({ mean: 2, spread: 1, n: 3 })
    expect(spreadOf([0, 2])!.spread).toBeCloseTo(Math.SQRT2)
  })

  test('one value has no spread, none has nothing', () => {
    expect(spreadOf([4])).toEqual({ mean: 4, spread: null, n: 1 })
    expect(spreadOf([])).toBeNull()
  })

  test('what is missing or not finite does not count', () => {
    expect(spreadOf([null, 1, Number.NaN, 3])).toEqual({ mean: 2, spread: Math.SQRT2, n: 2 })
  })
})

test('spreadCurve takes each iteration over the curves that have it', () => {
  const point = (iteration: number, value: number) => ({ iteration, value })
  expect(spreadCurve([[point(2, 1), point(4, 5)], [point(2, 3)]])).toEqual([
    { iteration: 2, mean: 2, spread: Math.SQRT2, n: 2 },
    { iteration: 4, mean: 5, spread: null, n: 1 },
  ])
})

test('firstAtLeast', () => {
  const curve = [0.1, 0.5, 0.4, 0.7].map((value, i) => ({ iteration: 10 * (i + 1), value }))
  expect(firstAtLeast(curve, 0.5)).toBe(20)
  expect(firstAtLeast(curve, 0.6)).toBe(40)
  expect(firstAtLeast(curve, 0.8)).toBeNull()
})

test('endsOf: the first and last tenth, one point at least', () => {
  const curve = (values: number[]) => values.map((value, i) => ({ iteration: i + 1, value }))
  expect(endsOf(curve([1, 9, 5]))).toEqual({ start: 1, end: 5 })
  expect(endsOf(curve(Array.from({ length: 20 }, (_, i) => i)))).toEqual({ start: 0.5, end: 18.5 })
  expect(endsOf([])).toBeNull()
})
