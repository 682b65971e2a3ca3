import { expect, test } from 'vitest'
import {
  nextLosses,
  recentlyWeighted,
  recentWeights,
  soften,
} from '../../src/advantages/recent-weights.ts'
import { random } from '../../src/numbers/random.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

test('scores of 1.05 and 1.1, and of 1 and 2.3, as weights (arXiv:2510.21978, eq. 6)', () => {
  const close = (...xs: number[]) => xs.map(x => expect.closeTo(x, 3))
  expect(soften([1.05, 1.1], 5)).toEqual(close(0.995, 1.005))
  expect(soften([1, 2.3], 5)).toEqual(close(0.871, 1.129))
  expect(soften([1, 2.3], 1)).toEqual(close(0.428, 1.572))
  expect(soften([1, 1000], 1)).toEqual([0, 2])
})

const options = { window: 2, heat: 1 }

test('what has stopped to fall weighs more than what falls; all the same before two windows', () => {
  const losses = { falls: [0.8, 0.8, 0.4, 0.4], stands: [0.5, 0.5, 0.5, 0.5] }
  const names = ['falls', 'stands'] as const
  const found = recentWeights(names, losses, options)
  expect(found.stands / found.falls).toBeCloseTo(Math.exp(1 - 0.41 / 0.81), 10)
  const unsteady = { falls: losses.stands, stands: [0.5, 0.5, 0.3, 0.7] }
  const other = recentWeights(names, unsteady, options)
  expect(other.stands / other.falls).toBeCloseTo(Math.exp(0.2 / 1.02), 10)
  for (const early of [null, { ...losses, falls: [0.8, 0.4, 0.4] }])
    expect(recentWeights(names, early, options)).toEqual({ falls: 1, stands: 1 })
})

test('weights are 1 on average and finite, also where losses are 0', () => {
  const draw = random(6)
  const names = ['a', 'b', 'c'] as const
  for (let round = 0; round < 100; round++) {
    const of = () => Array.from({ length: 4 }, () => (draw() < 0.3 ? 0 : draw()))
    const weights = Object.values(recentWeights(names, { a: of(), b: of(), c: of() }, options))
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(3, 10)
    for (const weight of weights) expect(weight).toBeGreaterThan(0)
  }
})

test('losses are 1 less the mean of what is known; no number is no loss, and old ones are forgotten', () => {
  const batch = (format: (number | null)[]) => ({
    groups_P: [],
    rewards_P: [{ outcome_G: [1, null, 0], parts_G: { format } }],
  })
  const before = { outcome: [0.1, 0.2, 0.3, 0.4], format: [0.5] }
  expect(nextLosses(before, ['format'], options)(batch([1, 0.5, null]))).toEqual({
    outcome: [0.2, 0.3, 0.4, 0.5],
    format: [0.5, 0.25],
  })
  expect(nextLosses(null, ['format'], options)(batch([null, null, null])).format).toEqual([])
})

test('each objective has its own baseline, and the mean of them by weight is learned', () => {
  const batch = {
    groups_P: [exampleGroup([1], [1])],
    rewards_P: [{}],
    streams_P: [{ a: [f32(1), f32(0)], b: [f32(0), f32(3)] }],
  }
  const losses = { a: [0.8, 0.8, 0.4, 0.4], b: [0.5, 0.5, 0.5, 0.5] }
  const { advantages_P_G_T, metrics } = recentlyWeighted(['a', 'b'], losses, options)(batch)
  const { a, b } = recentWeights(['a', 'b'], losses, options)
  expect(advantages_P_G_T[0]![0]![0]).toBeCloseTo((a - b) / 2, 4)
  expect(advantages_P_G_T[0]![1]![0]).toBeCloseTo((b - a) / 2, 4)
  const unknown = { ...batch, streams_P: [{ a: [f32(1), null], b: [f32(0), f32(3)] }] }
  expect(recentlyWeighted(['a', 'b'], losses, options)(unknown).advantages_P_G_T).toEqual([
    [f32(0), f32(0)],
  ])
  expect(metrics).toMatchObject({ 'advantages/a_weight': a, 'advantages/b_weight': b })
})
