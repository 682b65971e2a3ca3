import { expect, test } from 'vitest'
import { softOverlong } from '../../src/rewards/soft-overlong.ts'
import { exampleGroup } from '../example-groups.ts'

test('0 to the last fifth, then falling to -1 (arXiv:2503.14476, eq. 13)', async () => {
  const group = exampleGroup([8], [9], [10], [1])
  const shaping = async (share?: number) =>
    (await softOverlong({ maxTokens: 10, ...(share !== undefined && { share }) })([group]))[0]
  expect((await shaping()).parts_G.overlong).toEqual([0, -0.5, -1, 0])
  expect((await shaping(0)).parts_G.overlong).toEqual([0, 0, 0, 0])
  expect((await shaping(1)).parts_G.overlong).toEqual([-0.8, -0.9, -1, -0.1])
  expect(() => softOverlong({ maxTokens: 10, share: 2 })).toThrow('share must lie in [0, 1], got 2')
})
