import { expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { climb, climbQuality } from '../../../src/prm/evaluate/climb.ts'

const options = { gain: 0.2, rate: 1, steps: 5000 }
const right_N = [true, false, false]

test('a perfect ranking that hardly spreads is climbed more slowly than one that errs and spreads (arXiv:2503.15477, section 3)', () => {
  const time = (scores_N: number[]) => climb({ scores_N, right_N }, options)!
  expect(time([1, 0.1, 0.2])).toBeLessThan(time([1, 0.9, 0.8]) / 4)
})

test('the time is at least of the order of the variance to the power of -1/3, and scales with 1 / the scores (theorem 1)', () => {
  const draw = random(3)
  for (let round = 0; round < 30; round++) {
    const scores_N = [1 + draw(), draw(), draw()]
    const fine = { ...options, rate: 0.1 }
    const slow = climb({ scores_N: scores_N.map(x => x / 8), right_N }, fine)!
    const fast = climb({ scores_N, right_N }, fine)!
    expect(slow / fast).toBeGreaterThan(7) // eight times, as far as whole steps tell
    expect(slow / fast).toBeLessThan(9)
    const spread = (all: number[]) => {
      const mean = all.reduce((a, b) => a + b) / 3
      return all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3
    }
    expect(0.1 * fast).toBeGreaterThan(0.3 * spread(scores_N) ** (-1 / 3))
  }
})

test('what is wrong all the way is never climbed, nor what is all alike', () => {
  expect(climb({ scores_N: [0, 1, 1], right_N }, options)).toBeNull()
  expect(climb({ scores_N: [1, 1, 1], right_N }, options)).toBeNull()
  expect(climb({ scores_N: [1, null, null], right_N }, options)).toBeNull() // nothing wrong has a score
  const good = { scores_N: [9, 1, 2], right_N }
  const bad = { scores_N: [0, 8, 8], right_N }
  const found = climbQuality([good, good, bad, { scores_N: [1], right_N: [true] }])
  expect(found.climbed).toBe(2)
  expect(found.steps).toBeGreaterThan(0)
  const scaled = (by: number) =>
    [good, good, bad].map(one => ({ ...one, scores_N: one.scores_N.map(x => by * x) }))
  expect(climbQuality(scaled(100))).toEqual(climbQuality(scaled(1))) // put to deviation 1
  expect(climbQuality([bad, bad, good]).steps).toBeNull()
  expect(climbQuality([])).toEqual({ climbed: 0, steps: null })
})
