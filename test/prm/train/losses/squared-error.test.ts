import { expect, test } from 'vitest'
import { squaredError } from '../../../../src/prm/train/losses/squared-error.ts'
import { f32 } from '../../../example-groups.ts'
import { derivatives, equalsGolden, goldenLabels } from './golden.ts'

test('worked out by hand: p of 1/2 and 3/4', () => {
  const found = squaredError().of(f32(0, Math.log(3), 7), f32(1, 0.25, Number.NaN))
  expect(found.loss).toBeCloseTo(0.25 + 0.25, 6)
  expect(found.terms).toBe(2)
  expect(found.slopes[0]).toBeCloseTo(2 * -0.5 * 0.25, 6)
  expect(found.slopes[1]).toBeCloseTo((2 * 0.5 * 3) / 16, 6)
  expect(found.slopes[2]).toBe(0)
})

test('PyTorch computes the same', () => {
  equalsGolden(squaredError(), 'squared_error', goldenLabels('soft'))
})

test('the slopes are derivatives', () => {
  derivatives(squaredError(), f32(-2, -0.5, 0, 1.5, 3), f32(0, 1, 0.4, Number.NaN, 0.9))
})

test('no overflow far out; refusals', () => {
  const { loss, slopes } = squaredError().of(f32(1000, -1000), f32(0, 0))
  expect(loss).toBe(1)
  expect([...slopes]).toEqual([0, 0]) // sure and wrong: nothing moves it
  expect(() => squaredError().of(f32(1, 2), f32(1))).toThrow('2 logits for 1 labels')
})
