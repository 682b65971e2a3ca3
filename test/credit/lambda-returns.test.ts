import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lambdaReturns } from '../../src/credit/lambda-returns.ts'
import { values } from '../../src/credit/values.ts'
import { exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'

const none = { logRatios_G_T: [null] }

test('the generalised advantage estimate of a worked example (arXiv:1506.02438, eq. 16)', () => {
  // gamma 0.9, lambda 0.5; rewards 0, 0, 1 and values 0.5, 0.6, 0.9, then 0:
  // delta = [0.04, 0.21, 0.1], A = [0.04 + 0.45 * 0.255, 0.21 + 0.45 * 0.1, 0.1]
  const rule = lambdaReturns({ discount: 0.9, lambda: 0.5 })
  const rewards = { outcome_G: [1], values_G_T: [f32(0.5, 0.6, 0.9)], ...none }
  const [returns_T] = rule(exampleGroup([3]), rewards)
  expectClose(returns_T, [0.5 + 0.15475, 0.6 + 0.255, 0.9 + 0.1])
})

test('the KL of a token is taken from its reward, and the outcome belongs to the last', () => {
  const rewards = {
    outcome_G: [1],
    values_G_T: [f32(0.5, 0.6)],
    logRatios_G_T: [f32(0.2, -0.4)],
  }
  const [next_T] = lambdaReturns({ lambda: 0, klCoef: 0.5 })(exampleGroup([2]), rewards)
  expectClose(next_T, [-0.1 + 0.6, 0.2 + 1])
})

test('lambda 1 waits for what comes, lambda 0 asks the critic about the next token', () => {
  const number = fc.float({ min: -3, max: 3, noNaN: true })
  const token = fc.tuple(number, number)
  fc.assert(
    fc.property(fc.array(token, { minLength: 1 }), number, (tokens, outcome) => {
      const [values_T, logRatios_T] = [0, 1].map(i => f32(...tokens.map(x => x[i])))
      const rewards = { outcome_G: [outcome], values_G_T: [values_T], logRatios_G_T: [logRatios_T] }
      const returns = (lambda: number) =>
        lambdaReturns({ lambda, klCoef: 0.1 })(exampleGroup([tokens.length]), rewards)[0]!
      const reward = (t: number) => -0.1 * logRatios_T[t] + (t === tokens.length - 1 ? outcome : 0)
      let sum = 0
      for (let t = tokens.length - 1; t >= 0; t--) {
        sum += reward(t)
        expect(returns(1)[t]).toBeCloseTo(sum, 3)
        expect(returns(0)[t]).toBeCloseTo(reward(t) + (values_T[t + 1] ?? 0), 4)
      }
    }),
  )
})

test('where the critic is right, nothing comes above what it expected', () => {
  const values_G_T = [f32(0.7, 0.7, 0.7)]
  const rewards = { outcome_G: [0.7], values_G_T, ...none }
  for (const lambda of [0, 0.3, 1])
    expectClose(lambdaReturns({ lambda })(exampleGroup([3]), rewards)[0], values_G_T[0])
})

test('tokens of a tool are passed over, whatever the critic says of them', () => {
  const spans = [
    { start: 0, end: 1, role: 'policy' },
    { start: 1, end: 2, role: 'tool' },
    { start: 2, end: 3, role: 'policy' },
    { start: 3, end: 4, role: 'hint' },
  ] as const
  const group = exampleGroup(exampleRollout([4], spans))
  const rewards = { outcome_G: [1], values_G_T: [f32(0.5, 77, 0.9, 77)], ...none }
  const [returns_T] = lambdaReturns({ lambda: 0.5 })(group, rewards)
  expectClose(returns_T, [0.5 * 0.9 + 0.5 * 1, 0, 1, 0])
})

test('a rollout without an outcome has neither returns nor values', () => {
  const rewards = {
    outcome_G: [null, 1],
    values_G_T: [f32(1), f32(1)],
    logRatios_G_T: [null, null],
  }
  const group = exampleGroup([1], [1])
  expect(lambdaReturns()(group, rewards)[0]).toBeNull()
  expect(values()(group, rewards)).toEqual([null, f32(1)])
})

test('refuses what does not line up', () => {
  expect(() => lambdaReturns({ lambda: 2 })).toThrow('lambda must lie in [0, 1], got 2')
  expect(() => lambdaReturns({ discount: -1 })).toThrow('discount must lie in [0, 1], got -1')
  const group = exampleGroup([2])
  const rewards = { outcome_G: [1], values_G_T: [f32(1)], ...none }
  expect(() => lambdaReturns()(group, rewards)).toThrow('1 values for 2 tokens of rollout 0')
  expect(() => values()(group, { outcome_G: [1], values_G_T: [] })).toThrow(
    'values: 0 values and 1 outcomes for 1 rollouts',
  )
})
