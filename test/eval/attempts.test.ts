import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Attempts, attemptsReport, intervalOfMean } from '../../src/eval/attempts.ts'

function attempts(right: number, graded: number, greedy: number | null = null): Attempts {
  return {
    sampled: { right, graded },
    greedy: greedy === null ? null : { right: greedy, graded: 1 },
    unanswered: 1,
    cutOff: graded - right,
    tokens: 40,
    samples: 4,
  }
}

test('shares over problems, with how many problems they are over', () => {
  const found = attemptsReport([attempts(4, 4, 1), attempts(2, 4, 1), attempts(0, 4, 0)])
  expect(found).toMatchObject({ problems: 3, ungraded: 0, samples: 4, sometimes: 1 })
  expect(found).toMatchObject({ unanswered: 3 / 12, cutOff: 6 / 12, tokens: 10 })
  expect(attemptsReport([{ ...attempts(4, 4), unanswered: null }]).unanswered).toBeNull()
  expect(found.sampled).toMatchObject({ share: 0.5, n: 3 })
  // rates 1, 0.5, 0: deviation 0.5 of the sample, 0.5 / sqrt 3 of their mean
  expect(found.sampled.low).toBeCloseTo(Math.max(0, 0.5 - (1.96 * 0.5) / Math.sqrt(3)), 12)
  expect(found.sampled.high).toBeCloseTo(Math.min(1, 0.5 + (1.96 * 0.5) / Math.sqrt(3)), 12)
  expect(found.passAtN).toMatchObject({ share: 2 / 3, n: 3 })
  expect(found.greedy).toMatchObject({ share: 2 / 3, n: 3 })
})

test('a problem that cannot be graded is in no share, and told', () => {
  const ungradable = { ...attempts(0, 0), greedy: { right: 0, graded: 0 } }
  const found = attemptsReport([attempts(4, 4, 1), ungradable])
  expect(found).toMatchObject({ problems: 2, ungraded: 1 })
  expect(found.sampled).toMatchObject({ share: 1, n: 1 })
  expect(found.greedy).toMatchObject({ share: 1, n: 1 })
  const none = attemptsReport([ungradable])
  expect(none.sampled).toMatchObject({ share: Number.NaN, low: 0, high: 1, n: 0 })
  expect(attemptsReport([attempts(1, 4)]).greedy).toBeNull()
})

test('values that agree have the interval of as many trials, not one of width 0', () => {
  expect(intervalOfMean([])).toEqual({ low: 0, high: 1 })
  const { low, high } = intervalOfMean([0, 0, 0, 0])
  expect(low).toBe(0)
  expect(high).toBeCloseTo(1.96 ** 2 / (4 + 1.96 ** 2), 12) // Wilson's, of 0 in 4
})

test('intervals hold the mean, lie in [0, 1], and shrink with more problems', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2 }), right_P => {
      const rates = right_P.map(right => right / 4)
      const centre = rates.reduce((a, b) => a + b, 0) / rates.length
      const one = intervalOfMean(rates)
      const two = intervalOfMean([...rates, ...rates])
      expect(one.low).toBeGreaterThanOrEqual(0)
      expect(one.high).toBeLessThanOrEqual(1)
      expect(one.low).toBeLessThanOrEqual(centre + 1e-12)
      expect(one.high).toBeGreaterThanOrEqual(centre - 1e-12)
      expect(two.high - two.low).toBeLessThanOrEqual(one.high - one.low + 1e-12)
    }),
  )
})
