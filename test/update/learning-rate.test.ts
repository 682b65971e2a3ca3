import { expect, test } from 'vitest'
import { fallingRate, fittingRate, rateOf } from '../../src/update/learning-rate.ts'

test('the rate rises to its peak, then falls to a tenth of it', () => {
  const schedule = { updates: 100, learningRate: 2 }
  const rates = Array.from({ length: 100 }, (_, i) => rateOf(i, schedule))
  expect(rates[0]).toBeCloseTo(0.4)
  expect(Math.max(...rates)).toBe(2)
  expect(rates.indexOf(2)).toBe(4)
  expect(rates[99]).toBeCloseTo(0.2, 2)
  expect(rates.slice(5).every((rate, i) => rate <= rates[i + 4]!)).toBe(true)
})

test('a stage of one update learns at its peak', () => {
  expect(rateOf(0, { updates: 1, learningRate: 3 })).toBe(3)
})

test('the rate of reinforcement falls evenly to its end, or stays', () => {
  const rates = (end: number) =>
    Array.from({ length: 4 }, (_, i) => fallingRate(i, { iterations: 4, rate: 2, end }))
  expect(rates(1)).toEqual([2, 2, 2, 2])
  expect(rates(0)).toEqual([2, 1.5, 1, 0.5])
  expect(rates(0.5)).toEqual([2, 1.75, 1.5, 1.25])
})

test('a rate for a tiny model fits larger ones and adapters', () => {
  expect(fittingRate(1e-4, { parameters: 8e5, adapter: false })).toBe(1e-4)
  expect(fittingRate(1e-4, { parameters: 1e8, adapter: false })).toBe(1e-5)
  expect(fittingRate(1e-4, { parameters: 1e8, adapter: true })).toBe(1e-4)
  expect(fittingRate(1.234e-4, { parameters: 1e3, adapter: false })).toBe(1.234e-4)
  expect(fittingRate(1e-4, { parameters: 135e6, adapter: true })).toBe(8.6e-5)
})
