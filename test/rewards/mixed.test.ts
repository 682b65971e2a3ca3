import { expect, test } from 'vitest'
import { mixed } from '../../src/rewards/mixed.ts'
import { exampleGroup } from '../example-groups.ts'

test.each([
  [
    [1, 0, 1],
    [0, 1, 2],
  ],
  [[1, 1, 1], []],
  [[0, null, 0], []],
  [
    [1, null, 0],
    [0, 1, 2],
  ],
  [[null, null], []],
  [[], []],
])('outcomes %j: rollouts %j', (outcome_G, expected) => {
  const group = exampleGroup(...outcome_G.map(() => [1]))
  const batch = { groups_P: [group], rewards_P: [{ outcome_G }] }
  expect(mixed(batch)).toEqual([expected])
})
