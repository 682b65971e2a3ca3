import { expect, test } from 'vitest'
import { outcome } from '../../src/credit/outcome.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

test('every token has the outcome; an unknown outcome is no label, not 0', () => {
  const returns_G = outcome()(exampleGroup([2], [1], [], [1]), {
    outcome_G: [1, null, 0, Number.NaN],
  })
  expect(returns_G).toEqual([f32(1, 1), null, f32(), f32(Number.NaN)])
})

test('outcomes and rollouts must agree', () => {
  expect(() => outcome()(exampleGroup([2]), { outcome_G: [] })).toThrow('0 outcomes for 1 rollouts')
})
