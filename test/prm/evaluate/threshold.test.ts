import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Judged, qualityAt } from '../../../src/prm/evaluate/first-error.ts'
import { bestThreshold } from '../../../src/prm/evaluate/threshold.ts'

test('worked out by hand', () => {
  const judged = [
    { first: 1, scores_S: [0.9, 0.4] }, // right from 0.4 up to 0.9
    { first: 0, scores_S: [0.3, 0.2] }, // from 0.3
    { first: -1, scores_S: [0.8, 0.7] }, // below 0.7
    { first: -1, scores_S: [0.6] }, // below 0.6
  ]
  expect(bestThreshold(judged)).toEqual({ threshold: 0.5, f1: 1, from: 0.4, to: 0.6 })
})

test('the widest of several ranges, and solutions with a missing score left out', () => {
  const judged: Judged[] = [
    { first: 0, scores_S: [0.1] }, // from 0.1
    { first: -1, scores_S: [0.2] }, // below 0.2
    { first: 0, scores_S: [0.3] }, // from 0.3
    { first: -1, scores_S: [0.9] }, // below 0.9
    { first: -1, scores_S: [null, 0.1] },
  ]
  // [0.1, 0.2): 1/2 and 1; [0.2, 0.3): 1/2 and 1/2; [0.3, 0.9): 1 and 1/2
  const found = bestThreshold(judged)
  expect(found).toMatchObject({ from: 0.3, to: 0.9 })
  expect(found.f1).toBeCloseTo(2 / 3, 12)
  expect(found.threshold).toBeCloseTo(0.6, 12)
})

test('solutions of one kind choose none', () => {
  expect(() => bestThreshold([{ first: 0, scores_S: [0.1] }])).toThrow(
    '1 of 1 solutions have a wrong step',
  )
  expect(() => bestThreshold([{ first: -1, scores_S: [null] }])).toThrow('0 of 0 solutions')
})

test('no threshold does better, and the one chosen does as it says', () => {
  const score = fc.integer({ min: 0, max: 8 }).map(i => i / 8)
  const judged = fc.array(score, { minLength: 1, maxLength: 4 }).chain(scores_S =>
    fc.record({
      scores_S: fc.constant(scores_S),
      first: fc.integer({ min: -1, max: scores_S.length - 1 }),
    }),
  )
  fc.assert(
    fc.property(fc.array(judged, { minLength: 2, maxLength: 12 }), found => {
      fc.pre(found.some(({ first }) => first < 0) && found.some(({ first }) => first >= 0))
      const { threshold, f1 } = bestThreshold(found)
      expect(qualityAt(found, threshold).f1).toBeCloseTo(f1, 12)
      for (let i = -1; i <= 17; i++)
        expect(qualityAt(found, i / 16).f1).toBeLessThanOrEqual(f1 + 1e-12)
    }),
  )
})
