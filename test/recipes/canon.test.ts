import { expect, test } from 'vitest'
import { groupMean } from '../../src/advantages/group-mean.ts'
import { comparisons, halves } from '../../src/advantages/halves.ts'
import { random } from '../../src/numbers/random.ts'
import { lengths, meanEntropy } from '../../src/rewards/mean-entropy.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'
import { toyPolicy } from '../toy.ts'

const outcomes = [1, 0, 1, 1, 0, 0, 1, 0]
const falling = outcomes.map((_, g) => 8 - g) // the first half has the higher entropy
const found = (between: number, alpha = 1, favour: 'high' | 'low' = 'high') =>
  comparisons(outcomes, falling, { between, alpha, favour })

test('halves of which 3/4 and 1/4 are right, between and within (arXiv:2509.23962, eq. 5 and 6)', () => {
  expect(found(1)).toEqual([0.75, -0.25, 0.75, 0.75, -0.75, -0.75, 0.25, -0.75])
  expect(found(0)).toEqual([0.25, -0.75, 0.25, 0.25, -0.25, -0.25, 0.75, -0.25])
})

test('half of both is Dr. GRPO, for halves of one size', () => {
  const draw = random(3)
  for (let round = 0; round < 100; round++) {
    const values = outcomes.map(() => Number(draw() < 0.5))
    const group = exampleGroup(...values.map(() => [1]))
    const plain = groupMean()(
      group,
      values.map(x => f32(x)),
    )
    const entropies = values.map(() => draw())
    const both = comparisons(values, entropies, { between: 0.5, favour: 'high' })
    for (const [g, a] of both.entries()) expect(a).toBeCloseTo(plain[g]![0]!, 6)
  }
})

test('below 1, alpha raises the half that it favours, and lowers the other (eq. 7 and 8)', () => {
  expect(found(1, 0.5).slice(0, 2)).toEqual([0.875, -0.125]) // R - alpha * 0.25
  expect(found(1, 0.5).slice(6)).toEqual([-0.25, -0.75]) // alpha * R - 0.75
  const low = found(1, 0.5, 'low')
  expect([low[0], low[6]]).toEqual([0.25, 0.625])
})

test('the middle one of an odd number is high; equals keep their order; what is not known is left out', () => {
  const options = { between: 1, favour: 'high' as const }
  expect(comparisons([1, 0, 0], [3, 2, 1], options)).toEqual([1, 0, -0.5])
  expect(comparisons([1, 0, 0, 0], [5, 5, 5, 5], options)).toEqual([1, 0, -0.5, -0.5])
  expect(comparisons([1, null, 0], [2, 9, 1], options)).toEqual([1, null, -1])
  expect(comparisons([1, null], [1, 1], options)).toEqual([0, null])
})

test('an advantage of what the policy wrote; a rollout without the measure counts for nothing', () => {
  const hinted = exampleRollout(
    [2],
    [
      { start: 0, end: 1, role: 'hint' },
      { start: 1, end: 2, role: 'policy' },
    ],
  )
  const group = exampleGroup(hinted, [2], [1])
  const batch = {
    groups_P: [group],
    rewards_P: [{ parts_G: { length: [2, 1, null] } }],
    streams_P: [{ outcome: [f32(1, 1), f32(0, 0), f32(1)] }],
  }
  const rule = halves({ by: 'length', between: 1, favour: 'low' })
  expect(rule(batch).advantages_P_G_T[0]).toEqual([f32(0, 1), f32(-1, -1), f32(0)])
})

test('entropies and lengths are of what the policy wrote', async () => {
  const engine = toyPolicy(2)
  const rollout = {
    ...exampleRollout([3]),
    promptIds: Int32Array.of(5),
    ids: Int32Array.of(3, 2, 4),
  }
  const hinted = {
    ...rollout,
    spans: [
      { start: 0, end: 2, role: 'hint' as const },
      { start: 2, end: 3, role: 'policy' as const },
    ],
  }
  const group = exampleGroup(rollout, hinted)
  const [scores] = await engine.score([Int32Array.of(5, 3, 2, 4)])
  const entropies = scores!.entropies!
  const [entropy] = await meanEntropy(engine)([group])
  expect(entropy!.parts_G.entropy[0]).toBeCloseTo(
    (entropies[0]! + entropies[1]! + entropies[2]!) / 3,
    6,
  )
  expect(entropy!.parts_G.entropy[1]).toBeCloseTo(entropies[2]!, 6)
  expect((await lengths([group]))[0]!.parts_G.length).toEqual([3, 1])
})
