import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaleOf, ticksOf } from '../../src/plot/ticks.ts'

test.each([
  [[0.12, 0.93], {}, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [[-0.2, 0.7], {}, [-0.2, 0, 0.2, 0.4, 0.6, 0.8]],
  [[0, 40], { whole: true, tight: true }, [0, 10, 20, 30, 40]],
  [[0, 2], { whole: true, tight: true }, [0, 1, 2]],
  [[3, 47], {}, [0, 10, 20, 30, 40, 50]],
  [[], {}, [0, 0.2, 0.4, 0.6, 0.8, 1]],
])('%j %j', (values, options, ticks) => {
  expect(ticksOf(values, options).values).toEqual(ticks)
})

test('every value lies on the axis, and a bounded axis within its bounds', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), values => {
      const { from, to, values: ticks } = ticksOf(values, { min: 0, max: 1 })
      expect(from).toBeLessThanOrEqual(Math.min(...values) + 1e-9)
      expect(to).toBeGreaterThanOrEqual(Math.max(...values) - 1e-9)
      expect(from).toBeGreaterThanOrEqual(0)
      expect(to).toBeLessThanOrEqual(1)
      expect(ticks.length).toBeGreaterThan(1)
      expect(ticks.length).toBeLessThan(9)
    }),
  )
})

test('scaleOf maps the ends of an axis to the ends of a range', () => {
  const at = scaleOf(ticksOf([0, 10]), 200, 0)
  expect([at(0), at(5), at(10)]).toEqual([200, 100, 0])
})
