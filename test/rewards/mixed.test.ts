import { expect, test } from 'vitest'
import { mixed } from '../../src/rewards/mixed.ts'
import { exampleGroup } from '../example-groups.ts'

test.each([
  [[1, 0, 1], true],
  [[1, 1, 1], false],
  [[0, null, 0], false],
  [[1, null, 0], true],
  [[null, null], false],
  [[], false],
])('outcomes %j: %s', (outcome_G, expected) => {
  expect(mixed(exampleGroup(), { outcome_G })).toBe(expected)
})
