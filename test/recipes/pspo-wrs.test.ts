import { describe, expect, test } from 'vitest'
import { geometricSteps, growth, weibull } from '../../src/credit/geometric-steps.ts'
import { random } from '../../src/numbers/random.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

/** The reward of a rollout whose n steps are right with these chances. */
function rewardOf(chances: readonly number[], prior: 'weibull' | 'growth'): number {
  const group = exampleGroup(chances.map(() => 1))
  const steps_G_S = [f32(...chances.map(p => 2 * p - 1))]
  return geometricSteps({ prior })(group, { steps_G_S })[0]![0]!
}

describe('how welcome n steps are (arXiv:2411.11681, eq. 4)', () => {
  test('weibull: most at four steps', () => {
    const expected = [0.681, 0.888, 0.98, 0.999, 0.971, 0.91]
    for (const [i, value] of expected.entries()) expect(weibull(1, i + 1)).toBeCloseTo(value, 3)
    expect(weibull(1, 10)).toBeCloseTo(0.556, 3)
  })

  test('growth, as the code has it: padding a good chain gains, padding a bad one loses', () => {
    expect(growth(0.9, 4)).toBeCloseTo(6.65, 3)
    expect(growth(0.9, 6)).toBeCloseTo(8.123, 3)
    expect([growth(0.1, 4), growth(0.1, 6)].map(x => Number(x.toFixed(3)))).toEqual([0.739, 0.605])
    expect(rewardOf([0.9, 0.9, 0.9, 0.9], 'growth')).toBeCloseTo(5.985, 3)
  })
})

describe('the geometric mean of steps', () => {
  test('is that of chances, not of scores; one step alone earns nothing', () => {
    expect(rewardOf([0.25, 1], 'weibull')).toBeCloseTo(0.5 * weibull(1, 2), 5)
    expect(rewardOf([0.9], 'weibull')).toBe(0)
  })

  test('is zero by one step that is surely wrong, and grows with each step', () => {
    const draw = random(4)
    for (let round = 0; round < 100; round++) {
      const chances = Array.from({ length: 2 + Math.floor(5 * draw()) }, () => 0.05 + 0.9 * draw())
      const at = Math.floor(draw() * chances.length)
      for (const prior of ['weibull', 'growth'] as const) {
        expect(rewardOf(chances.with(at, 0), prior)).toBe(0)
        expect(rewardOf(chances.with(at, 1), prior)).toBeGreaterThan(rewardOf(chances, prior))
      }
    }
  })

  test('of what nobody judged is not known; what is no number stays one', () => {
    const group = exampleGroup([1, 1], [1], [1, 1])
    const steps_G_S = [null, f32(Number.NaN), f32(Number.NaN, 1)]
    const [none, one, two] = geometricSteps()(group, { steps_G_S })
    expect(none).toBeNull()
    expect([one![0], two![0]]).toEqual([Number.NaN, Number.NaN])
  })
})
