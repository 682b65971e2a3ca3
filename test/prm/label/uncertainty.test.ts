import { expect, test } from 'vitest'
import { stepUncertainty } from '../../../src/prm/label/uncertainty.ts'

test('the entropy of the tokens of a step, by their log-probabilities over 5', () => {
  expect(stepUncertainty([-3, -3])).toBeCloseTo(Math.log(2), 12)
  expect(stepUncertainty([-3, -3, -3, -3])).toBeCloseTo(Math.log(4), 12)
  // weights 1 and 1/3: entropy of (3/4, 1/4)
  const quarter = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25))
  expect(stepUncertainty([0, -5 * Math.log(3)])).toBeCloseTo(quarter, 12)
  expect(stepUncertainty([-7])).toBeCloseTo(0, 12)
})

test('impossible tokens and none at all are no trouble', () => {
  expect(stepUncertainty([0, Number.NEGATIVE_INFINITY])).toBe(0)
  expect(stepUncertainty([])).toBeCloseTo(0, 12)
})
