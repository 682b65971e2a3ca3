import fc from 'fast-check'
import { expect, test } from 'vitest'
import { auc } from '../../../src/prm/evaluate/auc.ts'

const points = (positives: number[], negatives: number[]) => [
  ...positives.map(score => ({ score, positive: true })),
  ...negatives.map(score => ({ score, positive: false })),
]

test.each([
  [[0.9, 0.8], [0.1, 0.2], 1],
  [[0.1], [0.9], 0],
  [[0.5], [0.5], 0.5],
  [[0.9, 0.5, 0.1], [0.5, 0.3], 3.5 / 6], // 2 + 1.5 + 0 of 6 pairs
])('%j over %j is %d', (positives, negatives, expected) => {
  expect(auc(points(positives, negatives))).toBeCloseTo(expected, 12)
})

test('without both it is NaN', () => {
  expect(auc(points([0.5], []))).toBeNaN()
  expect(auc([])).toBeNaN()
})

test('it is the share of pairs in order, ties half', () => {
  const scores = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(scores, scores, (positives, negatives) => {
      const pairs = positives.flatMap(p =>
        negatives.map(n => (p > n ? 1 : p === n ? 0.5 : 0) as number),
      )
      const expected = pairs.reduce((a, b) => a + b, 0) / pairs.length
      expect(auc(points(positives, negatives))).toBeCloseTo(expected, 10)
    }),
  )
})
