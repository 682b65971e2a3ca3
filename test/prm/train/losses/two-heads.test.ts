import { expect, test } from 'vitest'
import { twoHeads } from '../../../../src/prm/train/losses/two-heads.ts'
import { f32 } from '../../../example-groups.ts'
import { derivatives, equalsGolden, goldenLabels } from './golden.ts'

const nan = Number.NaN

test('worked out by hand: each output is a log-odds of its own', () => {
  const found = twoHeads().of(f32(Math.log(3), 0), f32(1, 0))
  expect(found.loss).toBeCloseTo(Math.log(4 / 3) + Math.log(2), 6)
  expect(found.terms).toBe(2)
  expect(found.slopes[0]).toBeCloseTo(-0.25, 6)
  expect(found.slopes[1]).toBeCloseTo(0.5, 6)
})

test('either label may be missing, and then nothing is learned there', () => {
  const found = twoHeads().of(f32(2, 2, 2, 2, 2, 2), f32(1, nan, nan, 0.5, nan, nan))
  expect(found.terms).toBe(2)
  expect([...found.slopes].map(slope => slope !== 0)).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
  ])
})

test('PyTorch computes the same', () => {
  equalsGolden(twoHeads(), 'two_heads', goldenLabels('pairs'))
})

test('the slopes are derivatives', () => {
  derivatives(twoHeads(), f32(-2, -0.5, 0, 1.5), f32(0, 1, nan, 0.4))
})

test('no overflow far out; refusals', () => {
  expect(twoHeads().of(f32(1e4, -1e4), f32(0, 1)).loss).toBeCloseTo(2e4, 0)
  expect(() => twoHeads().of(f32(1, 2, 3), f32(1, 0))).toThrow('3 logits for 2 labels')
  expect(() => twoHeads().of(f32(1), f32(1))).toThrow(RangeError)
})
