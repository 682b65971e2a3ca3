import { expect, test } from 'vitest'
import { shapedOutcome } from '../../src/credit/shaped-outcome.ts'
import { exampleGroup } from '../example-groups.ts'

const group = exampleGroup([2], [1], [1])

test('one reward for every token: outcome and shaping; null where the outcome is not known', () => {
  const rewards = { outcome_G: [1, 0, null], shaping_G: [-0.5, 0, -1] }
  const found = (rule = shapedOutcome()) => rule(group, rewards).map(r_T => r_T && [...r_T])
  expect(found()).toEqual([[0.5, 0.5], [0], null])
  expect(found(shapedOutcome({ right: 1, wrong: -1 }))).toEqual([[0.5, 0.5], [-1], null])
})

test('refuses what does not line up', () => {
  const few = { outcome_G: [1, 0, 1], shaping_G: [0] }
  expect(() => shapedOutcome()(group, few)).toThrow('shapedOutcome: 1 shaping_G for 3 rollouts')
})
