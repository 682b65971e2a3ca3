import { expect, test } from 'vitest'
import { firstSeen } from '../../src/credit/first-seen.ts'
import { random } from '../../src/numbers/random.ts'
import type { Rollout } from '../../src/types.ts'
import { exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'

const saying = (...texts: string[]): Rollout => {
  const rollout = exampleRollout(texts.map(() => 1))
  return { ...rollout, steps: rollout.steps.map((step, s) => ({ ...step, text: texts[s]! })) }
}
const earned = (decay: number, texts: string[], scores: number[]): number[] => {
  const group = exampleGroup(saying(...texts))
  const [returns_T] = firstSeen({ decay })(group, { steps_G_S: [f32(...scores)] })
  return [...returns_T!].map((r, s, all) => r - (all[s + 1] ?? 0))
}

test('a second visit with decay 1 halves the bonus, a third has a third (arXiv:2410.23022, eq. 4)', () => {
  expectClose(earned(1, ['a', 'b', 'a', ' a '], [1, 0.2, 1, 1]), [1, 1, 1 / 2, 1 / 3])
  expectClose(earned(0, ['a', 'a'], [1, 1]), [1, 1])
})

test('what the judge does not like earns nothing, and is counted', () => {
  expectClose(earned(1, ['a', 'a', 'b'], [-1, 1, 0]), [0, 0.5, 0])
})

test('once and no more, as CALM latches a subgoal: coming back earns nothing (arXiv:2409.12798)', () => {
  expectClose(
    earned(Infinity, ['key', 'door', 'key', 'key', 'door'], [1, 1, 1, 1, 1]),
    [1, 1, 0, 0, 0],
  )
  const draw = random(4)
  for (let round = 0; round < 100; round++) {
    const texts = Array.from({ length: 12 }, () => `goal ${Math.floor(4 * draw())}`)
    const sum = earned(
      Infinity,
      texts,
      texts.map(() => 1),
    ).reduce((a, b) => a + b)
    expect(sum).toBeCloseTo(new Set(texts).size, 5)
  }
})

test('null and NaN as they came', () => {
  const group = exampleGroup(saying('a', 'b'), saying('a'))
  const [first, second] = firstSeen()(group, { steps_G_S: [f32(1, Number.NaN), null] })
  expect(first!.every(Number.isNaN)).toBe(true)
  expect(second).toBeNull()
  expect(() => firstSeen({ decay: -1 })).toThrow('the decay must be 0 or more')
})
