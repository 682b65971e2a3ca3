import { expect, test } from 'vitest'
import { credit } from '../../src/stages.ts'
import { worked } from '../example-groups.ts'

test('each stream is credited by its own rule', () => {
  const rule = credit.streams({ process: credit.worstStep(), outcome: credit.outcome() })
  const { process, outcome } = rule(worked.group, worked.rewards)
  expect(process[1]![0]).toBeCloseTo(0.7, 6)
  expect(outcome[1]![0]).toBe(1)
})
