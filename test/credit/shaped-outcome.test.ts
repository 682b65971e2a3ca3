import { expect, test } from 'vitest'
import { shapedOutcome } from '../../src/credit/shaped-outcome.ts'
import { exampleGroup } from '../example-groups.ts'

const group = exampleGroup([2], [1], [1])

test('one reward for every token: outcome and parts; null where one is not known', () => {
  const rewards = {
    outcome_G: [1, 0, null],
    parts_G: { overlong: [-0.5, 0, -1], polite: [0.25, null, 0], unread: [9, 9, 9] },
  }
  const found = (rule: ReturnType<typeof shapedOutcome>) =>
    rule(group, rewards).map(r_T => r_T && [...r_T])
  expect(found(shapedOutcome([]))).toEqual([[1, 1], [0], null])
  expect(found(shapedOutcome(['overlong']))).toEqual([[0.5, 0.5], [0], null])
  expect(found(shapedOutcome(['overlong', 'polite']))).toEqual([[0.75, 0.75], null, null])
  const signed = shapedOutcome(['overlong'], { right: 1, wrong: -1 })
  expect(found(signed)).toEqual([[0.5, 0.5], [-1], null])
})

test('refuses what does not line up', () => {
  const few = { outcome_G: [1, 0, 1], parts_G: { overlong: [0] } }
  expect(() => shapedOutcome(['overlong'])(group, few)).toThrow(
    'shapedOutcome: 1 of overlong for 3 rollouts',
  )
})
