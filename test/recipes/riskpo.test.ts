import { expect, test } from 'vitest'
import { risk, riskOf, trackedQuantiles } from '../../src/advantages/risk.ts'
import { below, random } from '../../src/numbers/random.ts'
import { exampleGroup } from '../example-groups.ts'

const options = { low: 0.2, high: 0.8, bundle: 2, tailWeight: 1.5 }

/** A batch of groups of single tokens. */
function batchOf(outcomes: (number | null)[][]) {
  return {
    groups_P: outcomes.map(of => exampleGroup(...of.map(() => [1]))),
    rewards_P: outcomes.map(outcome_G => ({ outcome_G })),
    streams_P: outcomes.map(of => ({
      outcome: of.map(x => (x === null ? null : Float32Array.of(x))),
    })),
  }
}

function advantagesOf(outcomes: (number | null)[][], quantiles = { low: 0.5, high: 1.5 }) {
  const { advantages_P_G_T } = risk(quantiles, options)(batchOf(outcomes))
  return advantages_P_G_T.map(of_G => of_G.map(a_T => a_T[0]!))
}

test('scores 0 to 5 between quantiles of 1 and 4 (arXiv:2510.00911, eq. 7)', () => {
  const worth = [0, 1, 2, 3, 4, 5].map(score => riskOf(score, { low: 1, high: 4 }, options))
  const expected = [-3, 0, 2 / 3, 4 / 3, 2, 2]
  for (const [score, value] of worth.entries()) expect(value).toBeCloseTo(expected[score]!, 12)
})

test('no score is worth less than a lower one', () => {
  const draw = random(7)
  for (let round = 0; round < 100; round++) {
    const low = 5 * draw()
    const at = { low, high: low + 3 * draw() }
    const scores = Array.from({ length: 8 }, () => 8 * draw()).sort((a, b) => a - b)
    const worth = scores.map(score => riskOf(score, at, options))
    for (let i = 1; i < worth.length; i++) expect(worth[i]!).toBeGreaterThanOrEqual(worth[i - 1]!)
  }
})

test('the whole range without a tail is the mean objective: worth grows by one a score', () => {
  const plain = { ...options, low: 0, high: 1, tailWeight: 0 }
  const worth = [0, 1, 2, 3].map(score => riskOf(score, { low: 0, high: 3 }, plain))
  expect(worth).toEqual([0, 1, 2, 3])
})

test('a bundle is shared by what its members add to it', () => {
  const [first, second] = advantagesOf([
    [1, 0, 1],
    [1, 0, 0],
  ])
  // scores 2, 0, 1: worth 0.6667, -1.5, 0.3333 in units of their deviation 1
  expect(first![0]! + second![0]!).toBeCloseTo(0.6667, 3)
  expect(first![0]! / second![0]!).toBeCloseTo(1 / 3 / (2 / 3), 5)
  expect(first![1]! + second![1]!).toBeCloseTo(-1.5, 3)
  // in the third rollout one adds 1/3 and the other takes 1/3: the score is shared evenly
  expect(first![2]).toBeCloseTo(0.3333 / 2, 3)
  expect(second![2]).toBeCloseTo(0.3333 / 2, 3)
})

test('no member gets more than its bundle is worth; groups with unknown outcomes are in none', () => {
  const draw = random(5)
  for (let round = 0; round < 50; round++) {
    const outcomes: (number | null)[][] = [0, 1, 2, 3, 4].map(() =>
      [0, 1, 2, 3].map(() => below(draw, 2)),
    )
    const known = advantagesOf(outcomes)
    const found = advantagesOf(outcomes.toSpliced(2, 0, [1, null, 0, 1]))
    expect(found.toSpliced(2, 1)).toEqual(known)
    expect(found[2]).toEqual([0, 0, 0, 0])
    for (const a of known.flat()) expect(Number.isFinite(a)).toBe(true)
  }
})

test('quantiles start as those of the first batch, and tend to those of the scores', () => {
  const draw = random(1)
  const batch = () => batchOf([0, 1].map(() => [0, 1, 2, 3, 4, 5, 6, 7].map(() => draw())))
  let quantiles = trackedQuantiles(
    null,
    options,
  )({
    ...batchOf([
      [0, 1],
      [0, 1],
    ]),
  })
  expect(quantiles).toEqual({ low: 0.4, high: 1.6 }) // of 0 and 2
  for (let i = 0; i < 2000; i++) quantiles = trackedQuantiles(quantiles, options, 0.02)(batch())
  expect(quantiles!.low).toBeCloseTo(Math.sqrt(0.4), 1) // of the sum of two evenly drawn numbers
  expect(quantiles!.high).toBeCloseTo(2 - Math.sqrt(0.4), 1)
  expect(trackedQuantiles(quantiles, options)(batchOf([[null, 1]]))).toEqual(quantiles)
})
