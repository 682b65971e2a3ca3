import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crossEntropy } from '../../../../src/prm/train/losses/cross-entropy.ts'
import { f32 } from '../../../example-groups.ts'
import { derivatives, equalsGolden, goldenLabels } from './golden.ts'

const nan = Number.NaN

test('worked out by hand: margins 0 and log 3', () => {
  const logits = f32(1, 1, 0, Math.log(3), 5, -5)
  const { loss, terms, slopes } = crossEntropy().of(logits, f32(1, 0, nan))
  // p = 1/2 of a right step: log 2; p = 3/4 of a wrong one: log 4; the third has no label
  expect(loss).toBeCloseTo(Math.log(2) + Math.log(4), 6)
  expect(terms).toBe(2)
  expect([...slopes].map(x => Number(x.toFixed(6)))).toEqual([0.5, -0.5, -0.75, 0.75, 0, 0])
})

test('a soft label is between: the loss is least where p is the label', () => {
  const half = crossEntropy().of(f32(0, 0), f32(0.5))
  expect(half.loss).toBeCloseTo(Math.log(2), 6)
  expect([...half.slopes].map(Math.abs)).toEqual([0, 0])
  const quarter = crossEntropy().of(f32(0, Math.log(1 / 3)), f32(0.25))
  expect(quarter.slopes[1]).toBeCloseTo(0, 6)
  expect(quarter.loss).toBeCloseTo(-0.25 * Math.log(0.25) - 0.75 * Math.log(0.75), 6)
})

test('a wrong label counts as several right ones, in its loss, slope and terms', () => {
  const heavy = crossEntropy({ wrongWeight: 3 })
  const { loss, terms, slopes } = heavy.of(f32(0, 0, 0, 0), f32(1, 0))
  expect(loss).toBeCloseTo(4 * Math.log(2), 6)
  expect(terms).toBe(4)
  expect([...slopes]).toEqual([0.5, -0.5, -1.5, 1.5])
  expect(heavy.of(f32(0, 0), f32(0.5)).terms).toBe(2) // 3 * 0.5 + 0.5
})

test('PyTorch computes the same, of hard and of soft labels', () => {
  equalsGolden(crossEntropy(), 'cross_entropy_hard', goldenLabels('hard'))
  equalsGolden(crossEntropy(), 'cross_entropy_soft', goldenLabels('soft'))
})

test('the slopes are derivatives', () => {
  const logits = f32(0.3, -1.2, 2, 2.5, -0.4, 0.1, 4, -3)
  for (const wrongWeight of [1, 2.5])
    derivatives(crossEntropy({ wrongWeight }), logits, f32(1, 0, 0.3, nan))
})

test('finite for any logits; the distribution says the same as the loss', () => {
  const logit = fc.float({ min: -1e4, max: 1e4, noNaN: true })
  fc.assert(
    fc.property(logit, logit, fc.float({ min: 0, max: 1, noNaN: true }), (a, b, y) => {
      const loss = crossEntropy({ wrongWeight: 2 })
      const found = loss.of(f32(a, b), f32(y))
      expect(Number.isFinite(found.loss)).toBe(true)
      expect(found.loss).toBeGreaterThanOrEqual(0)
      expect(found.slopes[0]! + found.slopes[1]!).toBe(0)
      const [wrong, right] = loss.distribution!(f32(y)[0]!)
      expect(found.terms).toBeCloseTo(wrong! + right!, 6)
    }),
  )
})

test('refusals', () => {
  expect(() => crossEntropy().of(f32(1, 2, 3), f32(1))).toThrow('3 logits for 1 labels')
  expect(() => crossEntropy({ wrongWeight: 0 })).toThrow(RangeError)
})
