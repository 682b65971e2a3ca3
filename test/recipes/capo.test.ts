import { expect, test } from 'vitest'
import { groupNorm } from '../../src/advantages/group-norm.ts'
import { tokenNorm } from '../../src/advantages/token-norm.ts'
import { flaggedSteps } from '../../src/credit/flagged-steps.ts'
import { deviation, mean } from '../../src/numbers/numeric.ts'
import { random } from '../../src/numbers/random.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

test('right 2 and wrong 0, one less on a wrong step (arXiv:2508.02298, eq. 7)', () => {
  const group = exampleGroup([1, 2], [2, 1], [1], [1])
  const rewards = {
    outcome_G: [1, 0, null, 1],
    steps_G_S: [f32(0.9, -0.1), f32(-0.9, 0), f32(1), null],
  }
  const [right, wrong, ...unknown] = flaggedSteps()(group, rewards)
  expectClose(right!, [2, 1, 1])
  expectClose(wrong!, [-1, -1, 0])
  expect(unknown).toEqual([null, null])
  const broken = { outcome_G: [1], steps_G_S: [f32(Number.NaN)] }
  expect(flaggedSteps()(exampleGroup([1]), broken)).toEqual([f32(Number.NaN)])
})

test('tokens are normalised together: mean 0 and deviation 1 over the group', () => {
  const draw = random(4)
  for (let round = 0; round < 50; round++) {
    const lengths = [1, 2, 3, 4].map(() => [1 + Math.floor(5 * draw())])
    const group = exampleGroup(...lengths)
    const returns_G = group.rollouts.map(({ ids }) => Float32Array.from(ids, () => 3 * draw()))
    const pooled = tokenNorm()(group, returns_G).flatMap(a_T => [...a_T])
    expect(mean(pooled)).toBeCloseTo(0, 5)
    expect(deviation(pooled)).toBeCloseTo(1, 4)
  }
})

test('without a price of wrong steps rollouts of one length are credited as by GRPO', () => {
  const group = exampleGroup([2], [2], [2])
  const rewards = { outcome_G: [1, 0, 0], steps_G_S: [f32(-1), f32(1), f32(-1)] }
  const returns_G = flaggedSteps({ whole: 1, process: 0 })(group, rewards)
  for (const [g, a_T] of tokenNorm()(group, returns_G).entries())
    expectClose(a_T, groupNorm()(group, returns_G)[g]!)
})

test('the only one that is known gets zeros', () => {
  expect(tokenNorm()(exampleGroup([2], [1]), [f32(2, 1), null])).toEqual([f32(0, 0), f32(0)])
})
