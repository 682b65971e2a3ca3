import { expect, test } from 'vitest'
import { written } from '../../src/groups/written.ts'
import { exampleRollout } from '../example-groups.ts'

test('tokens of tools and hints are not written by the policy', () => {
  const spans = [
    { start: 0, end: 1, role: 'hint' },
    { start: 1, end: 3, role: 'policy' },
    { start: 3, end: 4, role: 'tool' },
  ] as const
  expect([...written(exampleRollout([4], spans))]).toEqual([0, 1, 1, 0])
})
