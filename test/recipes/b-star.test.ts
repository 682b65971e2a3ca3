import { expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { above, around, balanceScore, rebalanced } from '../../src/rewards/balance.ts'
import { atTemperatures } from '../../src/rollouts/temperatures.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'
import { problems, toyPolicy, toySampler } from '../toy.ts'

/** A problem's answers: a text, whether it is right, and the worst score of its steps. */
type Answer = readonly [text: string, outcome: number | null, worst: number | null]
const batchOf = (...groups: readonly (readonly Answer[])[]) => ({
  groups_P: groups.map(of =>
    exampleGroup(...of.map(([text]) => ({ ...exampleRollout([1]), text }))),
  ),
  rewards_P: groups.map(of => ({
    outcome_G: of.map(([, outcome]) => outcome),
    steps_G_S: of.map(([, , worst]) => (worst === null ? null : f32(worst))),
  })),
})

test('the balance of selected and right answers (arXiv:2412.17256, eq. 3)', () => {
  const cases = [
    [4, 8, 0.25],
    [8, 8, 1],
    [8, 16, 0.5],
    [12, 12, 1],
    [0, 0, 0],
  ] as const
  for (const [right, selected, score] of cases)
    expect(balanceScore(right, selected, 8)).toBeCloseTo(score, 12)
})

test('it is at most the share that is right, and grows with every right one', () => {
  const draw = random(4)
  for (let round = 0; round < 100; round++) {
    const selected = 1 + Math.floor(20 * draw())
    const right = Math.floor((selected + 1) * draw())
    const score = balanceScore(right, selected, 8)
    expect(score).toBeLessThanOrEqual(right / selected)
    if (right < selected) expect(balanceScore(right + 1, selected, 8)).toBeGreaterThan(score)
  }
})

test('what scores above the threshold is selected, equal texts once; what is not known never', () => {
  const batch = batchOf([
    ['a', 1, 0.5],
    ['a', 1, 0.5],
    ['b', 0, 1],
    ['c', 0, -1],
    ['d', null, 1],
    ['e', 1, null],
    ['f', 1, Number.NaN],
  ])
  expect(above(0)(batch)).toEqual([[0, 2]]) // 1.1, and 0.2 of a wrong one
  expect(above(0.5)(batch)).toEqual([[0]])
  expect(above(1.1)(batch)).toEqual([[]])
})

test('the next threshold leaves wrong ones out; the next temperature is that of the best third', () => {
  const right = (text: string): Answer => [text, 1, 0]
  const wrong = (text: string): Answer => [text, 0, 0.9]
  const batch = batchOf(
    [right('a'), wrong('b'), wrong('c')],
    [right('a'), right('b'), wrong('c')],
    [right('a'), right('b'), right('c')],
  )
  const next = rebalanced({ temperature: 1, threshold: -1 }, { wanted: 3 })(batch)
  expect(next).toEqual({ temperature: 1.1, threshold: 0.2 })
  const nothing = batchOf([['a', null, null]])
  const now = { temperature: 0.7, threshold: 0.3 }
  expect(rebalanced(now, { wanted: 3 })(nothing)).toEqual(now)
})

test('temperatures stay within their limits', () => {
  expect(around(1)).toEqual([0.9, 1, 1.1])
  expect(around(0.5)).toEqual([0.5, 0.5, 0.6])
  expect(around(1.2)).toEqual([1.1, 1.2, 1.2])
})

test('each problem is sampled at its temperature, in the order of the problems', async () => {
  const sampler = toySampler(toyPolicy(1))
  const groups = await atTemperatures(sampler, 2, [1e-4, 1])(problems, 3)
  expect(groups.map(({ problem }) => problem.id)).toEqual(problems.map(({ id }) => id))
  for (const p of [0, 2]) {
    const [a, b] = groups[p]!.rollouts // as cold as that, both are the likeliest
    expect(a!.text).toBe(b!.text)
  }
})
