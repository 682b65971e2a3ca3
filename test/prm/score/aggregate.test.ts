import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aggregate } from '../../../src/prm/score/aggregate.ts'
import { type Aggregation, aggregations } from '../../../src/prm/score/step-scorer.ts'

describe('one score of a solution from those of its steps', () => {
  const scores = [0.5, 0.25, 1]
  test.each<[Aggregation, number]>([
    ['min', 0.25],
    ['product', 0.125],
    ['last', 1],
    ['mean', 1.75 / 3],
    ['geometric-mean', 0.5],
    ['max', 1],
    ['sum', 1.75],
    // weights e^-2.5, 1, e^-7.5 of 0.5, 0.25, 1: (0.0410425 + 0.25 + 0.0005531) / 1.0826381
    ['soft-min', 0.26934],
  ])('%s', (way, expected) => expect(aggregate(scores, way)).toBeCloseTo(expected, 5))

  test.each(aggregations)('%s of one step is its score, of none nothing', way => {
    expect(aggregate([0.5], way)).toBeCloseTo(0.5, 12)
    expect(aggregate([], way)).toBeNull()
    expect(aggregate([null, null], way)).toBeNull()
  })

  test('steps without a score are left out, and the last step is the last', () => {
    expect(aggregate([0.5, null, 1], 'mean')).toBe(0.75)
    expect(aggregate([null, 0.5], 'product')).toBe(0.5)
    expect(aggregate([0.5, null], 'last')).toBeNull()
  })

  test('a geometric mean is of no negative scores, but of 0', () => {
    expect(aggregate([0, 0.5], 'geometric-mean')).toBe(0)
    expect(() => aggregate([-0.5, 0.5], 'geometric-mean')).toThrow(RangeError)
  })

  test('the soft minimum lies between the minimum and the mean', () => {
    const score = fc.double({ min: -1, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(score, { minLength: 1, maxLength: 9 }), scores => {
        const soft = aggregate(scores, 'soft-min')!
        expect(soft).toBeGreaterThanOrEqual(aggregate(scores, 'min')! - 1e-12)
        expect(soft).toBeLessThanOrEqual(aggregate(scores, 'mean')! + 1e-12)
      }),
    )
  })
})
