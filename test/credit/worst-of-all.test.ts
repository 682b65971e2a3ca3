import fc from 'fast-check'
import { expect, test } from 'vitest'
import { worstOfAll } from '../../src/credit/worst-of-all.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

test('every token is worth the worst step, those after it too', () => {
  const rewards = { steps_G_S: [f32(0.5, -1, 0.25)] }
  const [returns_T] = worstOfAll()(exampleGroup([1, 2, 1]), rewards)
  expect([...returns_T!]).toEqual([-1, -1, -1, -1])
})

test('an error of at most e in every reward moves a return by at most e, and no step can be added for pay', () => {
  const rewards = fc.array(
    fc.tuple(
      fc.float({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    ),
    { minLength: 1, maxLength: 9 },
  )
  fc.assert(
    fc.property(rewards, fc.double({ min: 0, max: 0.5, noNaN: true }), (steps, e) => {
      const of = (values: readonly number[]): number => {
        const shape = values.map(() => 1)
        return worstOfAll()(exampleGroup(shape), { steps_G_S: [f32(...values)] })[0]![0]!
      }
      const right = of(steps.map(([r]) => r))
      expect(Math.abs(of(steps.map(([r, by]) => r + by * e)) - right)).toBeLessThanOrEqual(e + 1e-6)
      expect(of([...steps.map(([r]) => r), 1])).toBe(right)
    }),
  )
})

test('a reward that is not finite is not hidden', () => {
  const [returns_T] = worstOfAll()(exampleGroup([1, 1]), { steps_G_S: [f32(0, Number.NaN)] })
  expect([...returns_T!]).toEqual([Number.NaN, Number.NaN])
})
