import { expect, test } from 'vitest'
import { lambdaSteps, stepValues } from '../../src/credit/lambda-steps.ts'
import { below, random } from '../../src/numbers/random.ts'
import { labelledSteps } from '../../src/rewards/labelled-steps.ts'
import { advantages } from '../../src/stages.ts'
import { credited, exampleGroup, f32 } from '../example-groups.ts'

const labels = async (...steps_G_S: readonly (Float32Array | null)[]) => {
  const group = exampleGroup(...steps_G_S.map(s => Array.from(s ?? [1], () => 1)))
  const [found] = await labelledSteps(async () => [{ steps_G_S }])([group])
  return { group, ...found! }
}

test('a step earns the label that a judge gives it (arXiv:2509.23738, section 3)', async () => {
  const { steps_G_S } = await labels(f32(0.1, -0.9, 0), null, f32(Number.NaN))
  expect(steps_G_S).toEqual([f32(1, -1, -1), null, f32(Number.NaN)])
})

test('an advantage is the labels to come less what the critic expected, with lambda 1', async () => {
  const draw = random(9)
  for (let round = 0; round < 50; round++) {
    const scores = Float32Array.from({ length: 1 + below(draw, 6) }, () => draw() - 0.5)
    const { group, steps_G_S } = await labels(scores, null)
    const values_G_T = [scores.map(draw), f32(0.3)]
    const rewards = { outcome_G: [null, 1], steps_G_S, values_G_T, logRatios_G_T: [null, null] }
    const returns = lambdaSteps({ lambda: 1 })(group, rewards)
    const streams = { returns, values: stepValues()(group, rewards) }
    const { advantages_P_G_T } = advantages.overValues()(credited([group], [streams]))
    let toCome = 0
    for (let s = scores.length - 1; s >= 0; s--) {
      toCome += scores[s]! > 0 ? 1 : -1
      expect(advantages_P_G_T[0]![0]![s]).toBeCloseTo(toCome - values_G_T[0]![s]!, 5)
    }
    expect(advantages_P_G_T[0]![1]).toEqual(f32(0)) // nobody judged it
  }
})
