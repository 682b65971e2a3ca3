import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupNorm } from '../../src/advantages/group-norm.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

test('distance from the mean in units of the deviation (arXiv:2402.03300, section 4.1.2)', () => {
  // mean 3/4, deviation sqrt(3)/4 over the group: sqrt(1/3) above it, sqrt(3) below
  const group = exampleGroup([2], [1], [1], [1])
  const found = groupNorm()(group, [f32(1, 1), f32(0), f32(1), f32(1)])
  expectClose(found[0], [Math.sqrt(1 / 3), Math.sqrt(1 / 3)])
  expectClose(found[1], [-Math.sqrt(3)])
})

test('equal outcomes, a single label and no label give 0', () => {
  const group = exampleGroup([1], [1])
  for (const returns of [
    [f32(1), f32(1)],
    [f32(1), null],
    [null, null],
  ])
    expect(groupNorm()(group, returns)).toEqual([f32(0), f32(0)])
})

test('means are 0, deviations 1, and the scale of the rewards does not matter', () => {
  const outcome = fc.float({ min: -4, max: 4, noNaN: true })
  fc.assert(
    fc.property(fc.array(outcome, { minLength: 2, maxLength: 9 }), outcomes => {
      fc.pre(Math.max(...outcomes) - Math.min(...outcomes) > 1)
      const group = exampleGroup(...outcomes.map(() => [1]))
      const found = (scale: number) =>
        groupNorm()(
          group,
          outcomes.map(x => f32(scale * x + 1)),
        ).map(a_T => a_T[0])
      const a_G = found(1)
      expect(a_G.reduce((x, y) => x + y, 0)).toBeCloseTo(0, 3)
      expect(a_G.reduce((x, y) => x + y * y, 0) / a_G.length).toBeCloseTo(1, 3)
      expectClose(found(2).map(Math.fround), a_G.map(Math.fround))
    }),
  )
})

test('refuses an epsilon that divides by nothing', () => {
  expect(() => groupNorm({ epsilon: 0 })).toThrow('epsilon must be above 0, got 0')
})
