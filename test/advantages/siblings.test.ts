import { expect, test } from 'vitest'
import { count, siblings } from '../../src/advantages/siblings.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

test('a rollout pays what the others are worth for their size, as often as there is still to come', () => {
  const baseline = siblings('example', {
    worth: ({ returns_T }) => returns_T[0],
    size: ({ rollout }) => rollout.ids.length,
    charge: ({ returns_T }, rate, into_T) => {
      for (let t = 0; t < into_T.length; t++) into_T[t] = returns_T[t] - rate * t
    },
  })
  const found = baseline(exampleGroup([2], [1], [3]), [f32(0, 0), f32(3), f32(5, 5, 5)])
  expect(found).toEqual([f32(0, -2), f32(3), f32(5, 4, 3)]) // 8 for 4 tokens, 5 for 5, 3 for 3
})

test('written tokens are counted within a span', () => {
  const written_T = Uint8Array.of(1, 0, 1, 1)
  expect([count(written_T), count(written_T, 1, 3), count(written_T, 2, 1)]).toEqual([3, 1, 0])
})
