import { expect, test } from 'vitest'
import { areIndices, subgroup, subsetOf } from '../../src/groups/subset.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

test('branches follow their parents to their new places', () => {
  const whole = exampleGroup([1], [2], [3], [4])
  const parents = [null, 0, 1, 1]
  const rollouts = whole.rollouts.map((rollout, g) => {
    const parent = parents[g]!
    return { ...rollout, branch: parent === null ? null : { parent, atToken: 1 } }
  })
  const some = subgroup({ ...whole, rollouts }, [1, 3])
  expect(some.problem).toBe(whole.problem)
  expect(some.rollouts.map(({ ids }) => ids.length)).toEqual([2, 4])
  expect(some.rollouts.map(({ branch }) => branch)).toEqual([null, { parent: 0, atToken: 1 }])
})

test('every stream of rewards keeps what belongs to the rollouts, whatever its name', () => {
  const rewards = {
    outcome_G: [1, null, 0],
    steps_G_S: [f32(1), null, f32(3, 3)],
    parts_G: { short: [1, 2, 3], long: [4, null, 6] },
    margin: 0.5,
  }
  expect(subsetOf(rewards, [0, 2])).toEqual({
    outcome_G: [1, 0],
    steps_G_S: [f32(1), f32(3, 3)],
    parts_G: { short: [1, 3], long: [4, 6] },
    margin: 0.5,
  })
})

test.each([
  [[0, 2], 3, true],
  [[], 0, true],
  [[2, 0], 3, false],
  [[0, 0], 3, false],
  [[3], 3, false],
  [[0.5], 3, false],
  [[-1], 3, false],
])('indices %j of %i: %s', (indices, count, expected) => {
  expect(areIndices(indices, count)).toBe(expected)
})
