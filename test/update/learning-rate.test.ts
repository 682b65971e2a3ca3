import { expect, test } from 'vitest'
import { rateOf } from '../../src/update/learning-rate.ts'

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
