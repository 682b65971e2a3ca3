import { expect, test } from 'vitest'
import { overValues } from '../../src/advantages/over-values.ts'
import { lambdaReturns } from '../../src/credit/lambda-returns.ts'
import { lambdaSteps, stepValues } from '../../src/credit/lambda-steps.ts'
import { streams } from '../../src/credit/streams.ts'
import { exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'

const none = { logRatios_G_T: [null] }
const zero = (n: number) => [new Float32Array(n)]

test('a step earns at its closing token: with lambda 1 a token gets what is still to come', () => {
  const group = exampleGroup([2, 1, 2])
  const rewards = { steps_G_S: [f32(1, -0.5, 0.25)], outcome_G: [1], values_G_T: zero(5), ...none }
  const returns = (options: object) => lambdaSteps({ lambda: 1, ...options })(group, rewards)[0]
  expectClose(returns({}), [0.75, 0.75, -0.25, 0.25, 0.25])
  expectClose(returns({ outcomeWeight: 2 }), [2.75, 2.75, 1.75, 2.25, 2.25])
  // from the end: 0.25, 0.125, -0.5 + 0.0625, 1 - 0.21875, half of it
  expectClose(returns({ discount: 0.5 }), [0.390625, 0.78125, -0.4375, 0.125, 0.25])
})

test('lambda 0 asks the critic about the next token', () => {
  const values_G_T = [f32(0.1, 0.2, 0.3)]
  const rewards = { steps_G_S: [f32(1, -1)], outcome_G: [null], values_G_T, ...none }
  expectClose(lambdaSteps({ lambda: 0 })(exampleGroup([2, 1]), rewards)[0], [0.2, 1.3, -1])
})

test('steps that earn nothing leave the outcome alone, as lambdaReturns has it', () => {
  const group = exampleGroup([2, 2])
  const rewards = {
    ...{ steps_G_S: [f32(0, 0)], outcome_G: [0.7], values_G_T: [f32(0.5, 0.2, 0.9, 0.4)] },
    logRatios_G_T: [f32(0.1, -0.2, 0.3, 0)],
  }
  const options = { lambda: 0.6, discount: 0.9, klCoef: 0.1 }
  const expected = lambdaReturns(options)(group, rewards)[0]!
  expectClose(lambdaSteps({ ...options, outcomeWeight: 1 })(group, rewards)[0], expected)
})

test('a step that a tool closes earns for the last token that the policy wrote before', () => {
  const spans = [
    { start: 0, end: 1, role: 'policy' },
    { start: 1, end: 2, role: 'tool' },
    { start: 2, end: 3, role: 'policy' },
  ] as const
  const group = exampleGroup(exampleRollout([2, 1], spans))
  const rewards = { steps_G_S: [f32(1, 0.5)], outcome_G: [0], values_G_T: [f32(0, 77, 0)], ...none }
  expectClose(lambdaSteps({ lambda: 1 })(group, rewards)[0], [1.5, 0, 0.5])
})

test('what was not judged, or not graded where that counts, has neither returns nor values, and no advantage', () => {
  const group = exampleGroup([1], [1], [1])
  const rewards = {
    steps_G_S: [null, f32(1), f32(1)],
    outcome_G: [1, null, 1],
    values_G_T: [f32(0.3), f32(0.3), f32(0.3)],
    logRatios_G_T: [null, null, null],
  }
  for (const [outcomeWeight, advantages] of [
    [0, [0, 0.7, 0.7]],
    [1, [0, 0, 1.7]],
  ] as const) {
    const credit = streams({
      returns: lambdaSteps({ outcomeWeight }),
      values: stepValues({ outcomeWeight }),
    })
    const found = credit(group, rewards)
    expect(found.returns.map(one => one === null)).toEqual(found.values.map(one => one === null))
    const batch = { groups_P: [group], rewards_P: [rewards], streams_P: [found] }
    const [mine] = overValues()(batch).advantages_P_G_T
    for (const [g, expected] of advantages.entries()) expectClose(mine![g]!, [expected])
  }
})

test('refuses what does not line up', () => {
  const group = exampleGroup([1, 1])
  const rewards = { steps_G_S: [f32(1)], outcome_G: [1], values_G_T: zero(2), ...none }
  expect(() => lambdaSteps()(group, rewards)).toThrow('1 rewards for 2 steps of rollout 0')
  expect(() => lambdaSteps({ lambda: 2 })).toThrow('lambdaSteps: lambda must lie in [0, 1], got 2')
})
