import { describe, expect, test } from 'vitest'
import { reweight } from '../../src/credit/soft-min.ts'
import { discountedSum } from '../../src/credit/sum.ts'
import { credit } from '../../src/stages.ts'
import { exampleGroup, expectClose, f32, worked } from '../example-groups.ts'
import golden from '../golden/pure-credit.json' with { type: 'json' }

test('the worked example is that of the golden file', () => {
  const { group, rewards, maxTokens } = worked
  expect(golden.N).toBe(maxTokens)
  expect(golden.group.map(({ v }) => v)).toEqual(rewards.outcome_G)
  for (const [g, { r, L }] of golden.group.entries()) {
    expect(group.rollouts[g].steps.map(({ start, end }) => end - start)).toEqual(L)
    expectClose(rewards.steps_G_S[g], r)
  }
})

describe.each([0.01, 0.1, 1])('soft minimum at temperature %f', temperature => {
  const key = `softmin_T${temperature === 1 ? '1.0' : temperature}` as 'softmin_T1.0'
  test.each(['A', 'B', 'C'] as const)('rollout %s', name => {
    const rewards_S = worked.rewards.steps_G_S['ABC'.indexOf(name)]
    const { star, total, true_min } = golden[key][name]
    expectClose(reweight(rewards_S, temperature), star)
    expectClose(discountedSum(reweight(rewards_S, temperature)).slice(0, 1), [total])
    expect(Math.min(...rewards_S)).toBeCloseTo(true_min, 6)
  })
})

test.each([
  ['strict_min|intended', credit.suffixMin()],
  ['strict_min|eq3', credit.worstStep()],
] as const)('%s', (key, rule) => {
  const [a, b, c] = rule(worked.group, worked.rewards)
  expectClose(a, golden[key].A)
  expectClose(b, golden[key].B)
  expectClose(c, golden[key].C)
})

test('six equal steps share their value', () => {
  const rewards_S = f32(0.9, 0.9, 0.9, 0.9, 0.9, 0.9)
  const [returns_T] = credit.softMin()(exampleGroup([1, 1, 1, 1, 1, 1]), { steps_G_S: [rewards_S] })
  expectClose(returns_T, golden['ties_T0.1_six_steps_of_0.9_return_per_step'])
})

test('the worst-step form can move by more than the error of the rewards', () => {
  const { true: right, est, G_true, G_est } = golden.theorem_counterexample
  const rule = credit.worstStep()
  const steps_G_S = [f32(...right), f32(...est)]
  const [right_T, estimated_T] = rule(exampleGroup([1, 1], [1, 1]), { steps_G_S })
  expectClose(right_T, G_true)
  expectClose(estimated_T, G_est)
})
