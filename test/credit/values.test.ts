import { expect, test } from 'vitest'
import { values } from '../../src/credit/values.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

test('what the critic expected, where the outcome is known', () => {
  const rewards = { outcome_G: [0, null], values_G_T: [f32(0.5, 0.25), f32(1)] }
  expect(values()(exampleGroup([2], [1]), rewards)).toEqual([f32(0.5, 0.25), null])
})
