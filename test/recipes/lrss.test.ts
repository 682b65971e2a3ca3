import { expect, test } from 'vitest'
import { type Placement, placements, stepPlacement } from '../../src/credit/step-placement.ts'
import { random } from '../../src/numbers/random.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

/** What each step of a rollout of one-token steps is credited with, by the chances of its steps. */
function credited(placement: Placement, ...chances: number[]): number[] {
  const group = exampleGroup(chances.map(() => 1))
  const [returns_T] = stepPlacement(placement)(group, {
    steps_G_S: [f32(...chances.map(p => 2 * p - 1))],
  })
  return [...returns_T!]
}

test.each([
  ['mean', [0.73333, 0.73333, 0.73333]],
  ['product', [0.36, 0.36, 0.36]],
  ['min', [0.5, 0.5, 0.5]],
  ['max', [0.9, 0.9, 0.9]],
  ['each', [2.2, 1.3, 0.8]],
] as const)('chances 0.9, 0.5 and 0.8, %s (arXiv:2311.05821)', (placement, expected) => {
  expectClose(credited(placement, 0.9, 0.5, 0.8), expected)
})

test('one more step of 0.9: each is worth more, a product less, the minimum the same', () => {
  const draw = random(8)
  for (let round = 0; round < 100; round++) {
    const chances = Array.from({ length: 1 + Math.floor(4 * draw()) }, () => 0.89 * draw())
    const first = (placement: Placement, ...more: number[]) =>
      credited(placement, ...chances, ...more)[0]!
    expect(first('each', 0.9)).toBeGreaterThan(first('each'))
    expect(first('product', 0.9)).toBeLessThanOrEqual(first('product'))
    expect(first('min', 0.9)).toBe(first('min'))
    expect(first('mean', 0.9)).toBeGreaterThan(first('mean'))
  }
})

test('every token of a step, and null and NaN as they came', () => {
  const group = exampleGroup([2, 1], [1, 1], [1])
  const steps_G_S = [f32(1, 0), null, f32(Number.NaN)]
  const [first, second, third] = stepPlacement('each')(group, { steps_G_S })
  expectClose(first!, [1.5, 1.5, 0.5])
  expect(second).toBeNull()
  for (const placement of placements)
    expect(stepPlacement(placement)(group, { steps_G_S })[2]![0]).toBeNaN()
  expect(third![0]).toBeNaN()
})
