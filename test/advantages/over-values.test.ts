import { expect, test } from 'vitest'
import { overValues } from '../../src/advantages/over-values.ts'
import { credited, exampleGroup, expectClose, f32 } from '../example-groups.ts'

test('returns less values; nothing for a rollout without a label', () => {
  const group = exampleGroup([2], [1])
  const streams = { returns: [f32(1, 0.5), null], values: [f32(0.25, 0.75), null] }
  const { advantages_P_G_T } = overValues()(credited([group], [streams]))
  expectClose(advantages_P_G_T[0][0], [0.75, -0.25])
  expect(advantages_P_G_T[0][1]).toEqual(f32(0))
  const whitened = overValues({ whiten: 'verl' })(credited([group], [streams])).advantages_P_G_T[0]
  expect(whitened.flatMap(a_T => [...a_T]).reduce((a, b) => a + b, 0)).toBeCloseTo(0, 5)
})

test('a rollout that has values alone has no advantage, as one that has returns alone', () => {
  const group = exampleGroup([2], [1], [1])
  const streams = { returns: [f32(1, 0.5), null, f32(3)], values: [f32(0.25, 0.75), f32(2), null] }
  const [advantages_G_T] = overValues()(credited([group], [streams])).advantages_P_G_T
  expect(advantages_G_T!.slice(1)).toEqual([f32(0), f32(0)])
})
