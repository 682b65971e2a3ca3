import { expect, test } from 'vitest'
import { keyTokens, keyValue, keyValues } from '../../src/advantages/key-tokens.ts'
import { effect, fisher, informationGain } from '../../src/numbers/contingency.ts'
import { below, random } from '../../src/numbers/random.ts'
import { advantages } from '../../src/stages.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'

const group = (...ids_G: readonly number[][]) =>
  exampleGroup(
    ...ids_G.map(ids => ({ ...exampleRollout([ids.length]), ids: Int32Array.from(ids) })),
  )

test('a token in both right rollouts and in no wrong one (arXiv:2505.16826, section 3.2)', () => {
  const counts = { a: 2, b: 0, c: 0, d: 2 }
  expect(fisher(counts)).toBeCloseTo(1 / 3, 12)
  expect(informationGain(counts)).toBeCloseTo(1, 12)
  expect(effect(counts)).toBeCloseTo(Math.PI / 2, 12)
  expect(keyValue(counts)).toBeCloseTo(0.533, 4)
})

test('a token in 3 of 4 right rollouts and in 1 of 4 wrong ones', () => {
  const counts = { a: 3, b: 1, c: 1, d: 3 }
  expect(fisher(counts)).toBeCloseTo(0.4857, 4)
  expect(informationGain(counts)).toBeCloseTo(0.1887, 4)
  expect(keyValue(counts)).toBeCloseTo(0.0741, 4)
  expect(keyValue({ a: 1, b: 3, c: 3, d: 1 })).toBeCloseTo(-0.0741, 4)
})

test('a token that is as frequent in both tells nothing', () => {
  expect(keyValue({ a: 1, b: 1, c: 1, d: 1 })).toBe(0)
  expect(keyValue({ a: 2, b: 3, c: 0, d: 0 })).toBe(0)
})

test('right and wrong rollouts exchanged: every value changes its sign alone', () => {
  const draw = random(5)
  for (let round = 0; round < 50; round++) {
    const ids_G = Array.from({ length: 6 }, () => Array.from({ length: 5 }, () => below(draw, 8)))
    const outcomes = [1, 0, ...Array.from({ length: 4 }, () => below(draw, 2))]
    for (const frequency of [true, false]) {
      const found = keyValues(group(...ids_G), outcomes, { except: [], frequency })
      const other = keyValues(
        group(...ids_G),
        outcomes.map(x => 1 - x),
        { except: [], frequency },
      )
      for (const [id, value] of found) expect(other.get(id)).toBeCloseTo(-value, 10)
    }
  }
})

test('a token that one pool lacks has the largest value where its frequency counts', () => {
  const values = keyValues(group([7, 8], [7], [8], [8]), [1, 1, 0, 0], { except: [], strength: 2 })
  expect(values.get(7)).toBeCloseTo(2, 6)
  expect(values.get(8)).toBeLessThan(0)
})

test('values come on top of advantages, where the policy wrote and the outcome is known', () => {
  const plain = advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } })
  const end = 9
  const written = group([7, end], [8, end], [7, 8, end], [7, end])
  const hinted = {
    ...written.rollouts[2]!,
    spans: [
      { start: 0, end: 1, role: 'hint' as const },
      { start: 1, end: 3, role: 'policy' as const },
    ],
  }
  const groups_P = [{ ...written, rollouts: written.rollouts.with(2, hinted) }, group([7], [8])]
  const outcomes = [
    [1, 0, 0, null],
    [1, 1],
  ]
  const rewards_P = outcomes.map(outcome_G => ({ outcome_G }))
  const streams_P = groups_P.map(({ rollouts }, p) => ({
    outcome: rollouts.map(({ ids }, g) => {
      const outcome = outcomes[p]![g]!
      return outcome === null ? null : new Float32Array(ids.length).fill(outcome)
    }),
  }))
  const batch = { groups_P, rewards_P, streams_P }
  const [base, found] = [plain(batch), keyTokens(plain, { except: [end] })(batch)]
  const added = found.advantages_P_G_T.map((of_G, p) =>
    of_G.map((of_T, g) => of_T.map((a, t) => a - base.advantages_P_G_T[p]![g]![t]!)),
  )
  expect(added[0]![0]![0]).toBeCloseTo(1, 4) // 7 is in the right one alone: the hint's does not count
  expect(added[0]![1]![0]).toBeCloseTo(-1, 4)
  for (const of_T of added[0]!) expect(of_T.at(-1)).toBe(0) // the end
  expect(added[0]![2]![0]).toBe(0) // the hint
  expect(added[0]![3]).toEqual(f32(0, 0)) // not known
  expect(added[1]).toEqual([f32(0), f32(0)]) // all right
  expect(found.metrics['advantages/key_size']).toBeGreaterThan(0)
})
