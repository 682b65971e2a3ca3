import { expect, test } from 'vitest'
import { creditSteps, spreadSteps } from '../../src/credit/steps.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'

const { steps } = exampleRollout([2, 1])

test('a value reaches every token of its step', () => {
  expect([...spreadSteps(f32(1, 2), steps, 3)]).toEqual([1, 1, 2])
})

test('values and steps must agree', () => {
  expect(() => spreadSteps(f32(1), steps, 3)).toThrow('spreadSteps: 1 values for 2 steps')
  expect(() => spreadSteps(f32(1, 2), steps, 4)).toThrow('spreadSteps: the steps cover 3 of 4')
})

test('rewards and rollouts must agree', () => {
  const rule = creditSteps(rewards_S => rewards_S)
  expect(() => rule(exampleGroup([1], [1]), { steps_G_S: [f32(1)] })).toThrow(/1 rollouts for 2/)
})

test('a rollout without steps is not labelled, however many tokens it has', () => {
  const rollout = { ...exampleRollout([3]), steps: [] }
  expect(creditSteps(r => r)(exampleGroup(rollout), { steps_G_S: [f32()] })).toEqual([null])
})
