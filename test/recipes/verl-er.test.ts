import { expect, test } from 'vitest'
import { boundedBonus, departure, usualRanks } from '../../src/advantages/bounded-bonus.ts'
import { normal, random } from '../../src/numbers/random.ts'
import { effectiveRank, eigenvalues } from '../../src/numbers/spectrum.ts'
import { changesOf, rankDynamics } from '../../src/rewards/rank-dynamics.ts'
import { independent } from '../../src/rollouts/independent.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'
import { problems, toyPolicy, toySampler } from '../toy.ts'

/** Rows of which every two are at right angles and whose columns have no mean, of given singular values. */
const spread = (...singular: readonly number[]) => {
  const width = singular.length
  const rows = singular.flatMap((s, c) => {
    const row = singular.map((_, i) => (i === c ? s / Math.SQRT2 : 0))
    return [row, row.map(x => -x)]
  })
  return effectiveRank(f32(...rows.flat()), width)
}

test('effective ranks of singular values (arXiv:2509.23808, section 3.1)', () => {
  expect(spread(1, 1, 1)).toBeCloseTo(3, 4)
  expect(spread(1, 0, 0)).toBeCloseTo(1, 4)
  expect(spread(2, 1, 1)).toBeCloseTo(2.828, 3)
  expect(effectiveRank(f32(1, 2, 1, 2, 1, 2), 2)).toBe(0) // no two rows differ
  expect(effectiveRank(f32(1, 2), 2)).toBe(0)
})

test('between 1 and the least of rows and columns, whatever the size and the place of the states', () => {
  const draw = random(7)
  for (let round = 0; round < 50; round++) {
    const values = Float32Array.from({ length: 24 }, () => normal(draw))
    const rank = effectiveRank(values, 4)
    expect(rank).toBeGreaterThanOrEqual(1)
    expect(rank).toBeLessThanOrEqual(4 + 1e-6)
    expect(
      effectiveRank(
        values.map(x => 3 * x),
        4,
      ),
    ).toBeCloseTo(rank, 4)
    expect(
      effectiveRank(
        values.map((x, i) => x + (i % 4)),
        4,
      ),
    ).toBeCloseTo(rank, 4)
  }
})

test('eigenvalues: their sum is the trace, their squares those of the matrix', () => {
  const draw = random(8)
  for (let round = 0; round < 20; round++) {
    const half = Array.from({ length: 25 }, () => normal(draw))
    const a = Float64Array.from(half, (x, i) => x + half[(i % 5) * 5 + Math.floor(i / 5)]!)
    const trace = a[0]! + a[6]! + a[12]! + a[18]! + a[24]!
    const squares = a.reduce((sum, x) => sum + x * x, 0)
    const found = eigenvalues(a, 5)
    expect(found.reduce((sum, x) => sum + x, 0)).toBeCloseTo(trace, 8)
    expect(found.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(squares, 8)
  }
})

test('a rank that grows by less and less', () => {
  expect(changesOf([1, 2, 2.5])).toEqual({ velocity: 1, acceleration: 0 }) // 1, then 2.5 - 1.5
  expect(changesOf([3])).toEqual({ velocity: 0, acceleration: 0 })
})

/** The advantage beside the bonus of a rank that departs from the usual so that the bonus is phi. */
function shaped(a: number, phi: number, kappa = 2): number {
  const group = exampleGroup([1])
  const away = 1 + 2 * Math.atanh(phi) // half of the bonus is that of the rank: its acceleration is usual
  const parts_G = { rank: [away], rankVelocity: [away], rankAcceleration: [1] }
  const usual = { rank: 1, rankVelocity: 1, rankAcceleration: 1 }
  const half = 1 + (away - 1) / 2
  const both = { ...parts_G, rank: [half], rankVelocity: [half] }
  const plain = () => ({ advantages_P_G_T: [[f32(a)]], metrics: {} })
  const rewards_P = [{ outcome_G: [1], parts_G: both }]
  const batch = { groups_P: [group], rewards_P, streams_P: [{}] }
  return boundedBonus(plain, { usual, kappa })(batch).advantages_P_G_T[0]![0]![0]!
}

test('a bonus is bounded by a share of the advantage (arXiv:2509.23808, section 4)', () => {
  const cases = [
    [1, 0.3, 1.3],
    [1, 0.9, 1.5],
    [-1, 0.9, -0.5],
    [0, 0.9, 0],
    [1, -0.9, 1],
  ] as const
  for (const [a, phi, expected] of cases) expect(shaped(a, phi)).toBeCloseTo(expected, 5)
})

test('it never changes a sign, nor lowers an advantage', () => {
  const draw = random(1)
  for (let round = 0; round < 100; round++) {
    const [a, phi, kappa] = [2 * draw() - 1, 1.8 * draw() - 0.9, 1 + 3 * draw()]
    const found = shaped(a, phi, kappa)
    expect(Math.sign(found)).toBe(Math.sign(a))
    expect(found).toBeGreaterThanOrEqual(Math.fround(a))
  }
})

test('departures are cut; the usual ranks move by 0.3, and stay where nothing is known', () => {
  expect([departure(3, 2), departure(1e9, 2), departure(-1e9, 2)]).toEqual(
    [0.5, 5, -5].map(x => expect.closeTo(x, 6)),
  )
  const parts = (x: number | null) => ({ rank: [x], rankVelocity: [x], rankAcceleration: [x] })
  const batch = (x: number | null) => ({
    groups_P: [],
    rewards_P: [{ outcome_G: [null], parts_G: parts(x) }],
  })
  const first = usualRanks(null)(batch(2))
  expect(first).toEqual({ rank: 2, rankVelocity: 2, rankAcceleration: 2 })
  expect(usualRanks(first)(batch(4))!.rank).toBeCloseTo(2.6, 9)
  expect(usualRanks(first)(batch(null))).toBe(first)
})

test('ranks of rollouts are those of their own tokens', async () => {
  const policy = toyPolicy(2)
  const groups = await independent(toySampler(policy), 4)(problems.slice(0, 1), 3)
  const [found] = await rankDynamics(policy, { stride: 2 })(groups)
  const { promptIds, ids } = groups[0]!.rollouts[0]!
  const all = Int32Array.from([...promptIds, ...ids])
  const [states] = await policy.hidden([all])
  const width = states!.length / all.length
  expectClose(
    f32(found!.parts_G.rank[0]!),
    f32(effectiveRank(states!.slice(promptIds.length * width), width)),
  )
})
