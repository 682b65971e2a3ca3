import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lowestToCome } from '../../src/credit/suffix-min.ts'
import { untilWorst } from '../../src/credit/worst-step.ts'
import { f32 } from '../example-groups.ts'

test('the worst reward still to come', () => {
  expect([...lowestToCome(f32(0.5, -1, 0.25))]).toEqual([-1, -1, 0.25])
})

test('an error of at most e in the rewards moves the returns by at most e', () => {
  const pairs = fc.array(
    fc.tuple(fc.integer({ min: -64, max: 64 }), fc.integer({ min: -8, max: 8 })),
    { minLength: 1, maxLength: 10 },
  )
  fc.assert(
    fc.property(pairs, pairs => {
      const right = lowestToCome(Float32Array.from(pairs, ([x]) => x / 64))
      const wrong = lowestToCome(Float32Array.from(pairs, ([x, e]) => (x + e) / 64))
      for (const [s, x] of right.entries())
        expect(Math.abs(x - wrong[s])).toBeLessThanOrEqual(8 / 64)
    }),
  )
})

test('the worst-step form has no such bound: a small error can flip the worst step', () => {
  const [right, wrong] = [untilWorst(f32(0.5, 0.51)), untilWorst(f32(0.52, 0.51))]
  expect(Math.abs(right[1] - wrong[1])).toBeCloseTo(0.51, 6)
})
