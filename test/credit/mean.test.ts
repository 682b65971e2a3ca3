import { expect, test } from 'vitest'
import { mean } from '../../src/credit/mean.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

test('the first token is worth the mean, later steps their share of what is left', () => {
  const [returns_T] = mean()(exampleGroup([2, 1]), { steps_G_S: [f32(1, 0.5)] })
  expect([...returns_T!]).toEqual([0.75, 0.75, 0.25])
})
