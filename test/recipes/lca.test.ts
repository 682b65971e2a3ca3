import { expect, test } from 'vitest'
import { potential, shaping } from '../../src/credit/potential.ts'
import { random } from '../../src/numbers/random.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

test('shaping telescopes: along any rollout it adds up to nothing, whatever scores say (arXiv:2502.03723)', () => {
  const draw = random(3)
  for (let round = 0; round < 200; round++) {
    const scores_S = Float32Array.from({ length: 1 + Math.floor(6 * draw()) }, () => 2 * draw() - 1)
    const discount = draw()
    const earned_S = shaping(scores_S, discount)
    const sum = earned_S.reduce((total, r, s) => total + discount ** s * r, 0)
    expect(sum).toBeCloseTo(0, 5)
  }
})

test('what is to come is minus the potential of where a step begins', () => {
  const group = exampleGroup([1, 2, 1], [1])
  const steps_G_S = [f32(0.9, -0.6, 0.4), f32(0.5)]
  for (const discount of [1, 0.5]) {
    const found = potential({ discount })(group, { steps_G_S })
    expectClose(found[0]!, [0, -0.9, -0.9, 0.6])
    expectClose(found[1]!, [0])
  }
  expectClose(shaping(f32(0.9, -0.6, 0.4), 0.5), [0.45, -1.2, 0.6])
})

test('a judge that knows nothing, equal everywhere, shapes no step but the first and the last', () => {
  expectClose(shaping(f32(0.3, 0.3, 0.3, 0.3), 1), [0.3, 0, 0, -0.3])
})

test('null and NaN as they came; a discount beyond 1 is refused', () => {
  const steps_G_S = [null, f32(Number.NaN, 0)]
  const [first, second] = potential()(exampleGroup([1], [1, 1]), { steps_G_S })
  expect(first).toBeNull()
  expect(second!.every(Number.isNaN)).toBe(true)
  expect(() => potential({ discount: 1.1 })).toThrow('must lie in [0, 1], got 1.1')
})
