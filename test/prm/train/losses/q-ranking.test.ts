import fc from 'fast-check'
import { expect, test } from 'vitest'
import { qRanking } from '../../../../src/prm/train/losses/q-ranking.ts'
import { f32 } from '../../../example-groups.ts'
import { derivatives, equalsGolden, goldenLabels } from './golden.ts'

const { log, exp } = Math

/** The loss with the paper's margin of 4. */
function lossOf(values: readonly number[], labels: readonly number[]): number {
  return qRanking().of(f32(...values), f32(...labels)).loss
}

test('worked out by hand: two right steps, then a wrong one', () => {
  const wrong = exp(-1 + 4)
  const start = log(1 + wrong)
  const first = log((1 + exp(0.5) + wrong) / exp(0.5))
  const second = log((1 + exp(0.5) + exp(1) + wrong) / exp(1))
  expect([start, first, second].map(x => x.toFixed(4))).toEqual(['3.0486', '2.6239', '2.2368'])
  expect(lossOf([0.5, 1, -1], [1, 1, 0])).toBeCloseTo((start + first + second) / 3, 6)
  expect(lossOf([0.5, 1, -1], [1, 1, 0])).toBeCloseTo(2.6364, 4)
})

test('a wrong step far below costs little; right steps out of order cost more', () => {
  expect(lossOf([0.5, 1, -6], [1, 1, 0])).toBeCloseTo(0.452, 4)
  expect(lossOf([1, 0.5, -6], [1, 1, 0])).toBeCloseTo(0.5604, 4)
})

test('without a wrong step the start is not ranked', () => {
  expect(lossOf([0.5, 1], [1, 1])).toBeCloseTo(0.5772, 4)
  expect(lossOf([0.5], [1])).toBeCloseTo(log(1 + exp(-0.5)), 6)
})

test('without a right step the start alone stands above the wrong ones', () => {
  expect(lossOf([-1, -2], [0, 0])).toBeCloseTo(log(1 + exp(3) + exp(2)), 6)
})

test('one term a solution; none where nothing has a label', () => {
  expect(qRanking().of(f32(1, 2), f32(1, 0)).terms).toBe(1)
  const nothing = qRanking().of(f32(1, 2), f32(Number.NaN, Number.NaN))
  expect([nothing.loss, nothing.terms, ...nothing.slopes]).toEqual([0, 0, 0, 0])
})

test('the margin moves wrong steps down; labels that are missing are not ranked', () => {
  const loose = qRanking({ margin: 0 }).of(f32(0.5, 9, -1), f32(1, Number.NaN, 0))
  expect(loose.loss).toBeCloseTo(
    (log(1 + exp(-1)) + log((1 + exp(0.5) + exp(-1)) / exp(0.5))) / 2,
    6,
  )
  expect(loose.slopes[1]).toBe(0)
  expect(() => qRanking({ margin: -1 })).toThrow(RangeError)
  expect(() => qRanking().of(f32(1), f32(1, 0))).toThrow('1 logits for 2 labels')
})

test('PyTorch computes the same, of right and wrong steps in turn', () => {
  equalsGolden(qRanking(), 'q_ranking_margin_4', goldenLabels('hard'))
})

test('the slopes are derivatives', () => {
  for (const labels of [
    f32(1, 1, 0, 0),
    f32(1, 0, 1, Number.NaN),
    f32(1, 1, 1, 1),
    f32(0, 0, 0, 0),
  ])
    derivatives(qRanking(), f32(0.5, -1, 2, -3), labels)
})

test('descent raises the last right step most, and lowers every wrong one', () => {
  const value = fc.float({ min: -20, max: 20, noNaN: true })
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 6 }), fc.nat(5), (values, cut) => {
      const first = Math.min(cut, values.length - 1)
      const labels = values.map((_, s) => Number(s < first))
      const { loss, slopes } = qRanking().of(f32(...values), f32(...labels))
      expect(loss).toBeGreaterThan(0)
      labels.forEach((label, s) => {
        if (label === 0) expect(slopes[s]).toBeGreaterThanOrEqual(0)
      })
      if (first > 0) expect(slopes[first - 1]).toBeLessThanOrEqual(1e-9)
    }),
  )
})
