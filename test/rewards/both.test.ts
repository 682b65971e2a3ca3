import { expect, test } from 'vitest'
import type { Outcome, Parts, Scorer, StepRewards } from '../../src/method.ts'
import { both } from '../../src/rewards/both.ts'
import { f32, worked } from '../example-groups.ts'

const grade: Scorer<Outcome> = async groups => groups.map(() => ({ outcome_G: [1] }))
const score: Scorer<StepRewards> = async groups => groups.map(() => ({ steps_G_S: [f32(0.5)] }))

test('what both find of a group lies side by side, group by group', async () => {
  const rewards_P = await both(grade, score)([worked.group, worked.group])
  expect(rewards_P).toEqual(Array(2).fill({ outcome_G: [1], steps_G_S: [f32(0.5)] }))
})

test('they run at the same time, and both hear the signal', async () => {
  const log: string[] = []
  const { signal } = new AbortController()
  const scorer =
    (name: string): Scorer<object> =>
    async (groups, heard) => {
      log.push(`${name} starts ${heard === signal}`)
      await Promise.resolve()
      log.push(`${name} ends`)
      return groups.map(() => ({ [name]: 1 }))
    }
  await both(scorer('a'), scorer('b'))([worked.group], signal)
  expect(log).toEqual(['a starts true', 'b starts true', 'a ends', 'b ends'])
})

test('an error of either is the error of both', async () => {
  const failing: Scorer<Outcome> = async () => Promise.reject(new Error('no answer'))
  await expect(both(score, failing)([worked.group])).rejects.toThrow('no answer')
})

test('named parts are merged by name; what both find is refused', async () => {
  const part =
    (name: string): Scorer<Parts> =>
    async groups =>
      groups.map(() => ({ parts_G: { [name]: [1] } }))
  const [found] = await both(both(grade, part('a')), part('b'))([worked.group])
  expect(found).toEqual({ outcome_G: [1], parts_G: { a: [1], b: [1] } })
  await expect(both(grade, both(score, grade))([worked.group])).rejects.toThrow(
    'both: two scorers give outcome_G',
  )
  await expect(both(part('a'), part('a'))([worked.group])).rejects.toThrow(
    'both: two scorers give parts_G.a',
  )
})

test('rewards for other groups than asked are refused', async () => {
  const short: Scorer<Outcome> = async () => []
  await expect(both(short, score)([worked.group])).rejects.toThrow('0 and 1 groups for 1')
})
