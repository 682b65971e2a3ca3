import { expect, test } from 'vitest'
import { aggregationsOf, wholeScore } from '../../../src/prm/evaluate/whole-score.ts'
import { aggregations } from '../../../src/prm/score/step-scorer.ts'

test('a missing score leaves the solution without one', () => {
  expect(wholeScore([0.5, 0.25], 'mean')).toBe(0.375)
  for (const how of aggregations) {
    expect(wholeScore([0.5, null, 0.25], how)).toBeNull()
    expect(wholeScore([], how)).toBeNull()
  }
})

test('but a judge may stop at the first error that it names', () => {
  const options = { threshold: 0.5 }
  expect(wholeScore([0.75, 0.25, null, null], 'mean', options)).toBe(0.5)
  expect(wholeScore([0.75, 0.5, null], 'last', options)).toBe(0.5)
  expect(wholeScore([0.75, 0.25, null, 0.9], 'max', options)).toBe(0.75) // what comes later is not its
  expect(wholeScore([0.75, null, 0.25], 'min', options)).toBeNull()
  expect(wholeScore([0.75, null], 'min', options)).toBeNull()
})

test('scores below 0 are multiplied by nobody', () => {
  expect(aggregationsOf(0)).toEqual(aggregations)
  expect(aggregationsOf(-1)).toEqual(['min', 'soft-min', 'last', 'mean', 'max', 'sum'])
})
