import { expect, test } from 'vitest'
import { lambdaSteps } from '../../src/credit/lambda-steps.ts'
import { random } from '../../src/numbers/random.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

const waits = { lambda: 1, klCoef: 0.1 }

test('lines earn at their ends, the KL at each token: what is to come, at lambda 1 (arXiv:2502.01715, eq. 3)', () => {
  const group = exampleGroup([2, 1, 2])
  const returns = lambdaSteps(waits)(group, {
    outcome_G: [null],
    steps_G_S: [f32(0.5, -1, 0.25)],
    values_G_T: [f32(0, 0, 0, 0, 0)],
    logRatios_G_T: [f32(1, 0, 0, 2, 0)],
  })
  expectClose(returns[0]!, [-0.25 - 0.3, -0.25 - 0.2, -0.75 - 0.2, 0.25 - 0.2, 0.25])
})

test('at lambda 1 the first return is the sum of the lines, less the KL, whatever a critic says', () => {
  const draw = random(2)
  for (let round = 0; round < 100; round++) {
    const lengths = Array.from(
      { length: 1 + Math.floor(4 * draw()) },
      () => 1 + Math.floor(3 * draw()),
    )
    const tokens = lengths.reduce((a, b) => a + b, 0)
    const some = (n: number): Float32Array => Float32Array.from({ length: n }, () => draw() - 0.5)
    const [scores_S, ratios_T, values_T] = [some(lengths.length), some(tokens), some(tokens)]
    const [returns_T] = lambdaSteps(waits)(exampleGroup(lengths), {
      outcome_G: [null],
      steps_G_S: [scores_S],
      values_G_T: [values_T],
      logRatios_G_T: [ratios_T],
    })
    const total = (xs: Float32Array): number => xs.reduce((a, b) => a + b, 0)
    expect(returns_T![0]).toBeCloseTo(total(scores_S) - 0.1 * total(ratios_T), 5)
  }
})

test('the outcome, which the judge of outcomes would put at the end, is not read', () => {
  const rewards = {
    steps_G_S: [f32(1)],
    values_G_T: [f32(0)],
    logRatios_G_T: [f32(0)],
  }
  for (const outcome of [0, 1, null])
    expectClose(
      lambdaSteps(waits)(exampleGroup([1]), { outcome_G: [outcome], ...rewards })[0]!,
      [1],
    )
})
