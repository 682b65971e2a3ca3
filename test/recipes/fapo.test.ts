import { expect, test } from 'vitest'
import { groupNorm } from '../../src/advantages/group-norm.ts'
import { flawedOutcome } from '../../src/credit/flawed-outcome.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

type Kind = 'sound' | 'flawed' | 'wrong' | 'unknown'

/** The returns of rollouts of two steps, and their advantages. */
function found(kinds: readonly Kind[]) {
  const group = exampleGroup(...kinds.map(() => [1, 1]))
  const returns_G = flawedOutcome()(group, {
    outcome_G: kinds.map(kind => (kind === 'unknown' ? null : Number(kind !== 'wrong'))),
    steps_G_S: kinds.map(kind => f32(0.5, kind === 'flawed' ? -0.5 : 0.5)),
  })
  const advantages_G = groupNorm()(group, returns_G).map(a_T => Number(a_T[0]!.toFixed(2)))
  return { returns_G: returns_G.map(r_T => r_T?.[0] ?? null), advantages_G }
}

test('a flawed right answer is learned while few are sound (arXiv:2510.22543, eq. 6)', () => {
  const { returns_G, advantages_G } = found(['sound', 'flawed', 'wrong', 'wrong'])
  expect(returns_G).toEqual([1, 0, -1, -1])
  expect(advantages_G[1]).toBe(0.3)
})

test('and unlearned once more are sound than wrong', () => {
  const { advantages_G } = found(['sound', 'sound', 'flawed', 'wrong'])
  expect(advantages_G[2]).toBe(-0.3)
})

test('its sign is that of the difference of wrong and sound ones, whatever their numbers', () => {
  for (let sound = 0; sound < 5; sound++)
    for (let wrong = 0; wrong < 5; wrong++) {
      const kinds = ['flawed', ...Array(sound).fill('sound'), ...Array(wrong).fill('wrong')]
      const sign = Math.sign(found(kinds as Kind[]).advantages_G[0]!)
      expect(sign + 0).toBe(kinds.length === 1 ? 0 : Math.sign(wrong - sound))
    }
})

test('a wrong answer asks for no scores; what is not known stays so, and what is no number', () => {
  const group = exampleGroup([1], [1], [1])
  const rewards = { outcome_G: [0, 1, 1], steps_G_S: [null, null, f32(Number.NaN)] }
  expect(flawedOutcome()(group, rewards)).toEqual([f32(-1), null, f32(Number.NaN)])
  expect(found(['unknown']).returns_G).toEqual([null])
})
