import { expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { monteCarlo } from '../../../src/prm/label/monte-carlo.ts'
import { regularisedValue } from '../../../src/prm/label/regularised.ts'
import { endsRight, solutionOf, talk, workOf } from './by-hand.ts'

test.each([
  [0.1, 0.2595],
  [1, 0.3574],
  [2, 0.4772],
  [10, 0.8614],
])('one of four right, eta %d: %d (arXiv:2412.11006, eq. 5)', (eta, value) => {
  expect(regularisedValue(0.25, eta)).toBeCloseTo(value, 4)
})

test('no less than the mean, rising with eta, between its limits', () => {
  const draw = random(5)
  for (let round = 0; round < 200; round++) {
    const [right, eta] = [draw(), 0.05 + 20 * draw()]
    const value = regularisedValue(right, eta)
    expect(value).toBeGreaterThanOrEqual(right - 1e-12)
    expect(value).toBeLessThanOrEqual(1)
    expect(regularisedValue(right, 2 * eta)).toBeGreaterThanOrEqual(value - 1e-12)
    expect(regularisedValue(right, 1e-6)).toBeCloseTo(right, 5)
    expect([regularisedValue(0, eta), regularisedValue(1, eta)]).toEqual([0, 1])
  }
  expect(regularisedValue(0.1, 1e9)).toBeCloseTo(1, 6)
  expect(() => regularisedValue(0.5, 0)).toThrow('eta must be above 0, got 0')
})

test('labels of steps; the last one is the outcome', () => {
  const world = endsRight(prefix => [4, 0, 1][prefix.length - 1]!)
  const labeler = monteCarlo({ completions: 4, seed: 1, labels: 2 })
  const said = talk(labeler.label(workOf(solutionOf('s', [1, 2, 3, 4], false))), world)
  const { labels_S, source, meaning } = said.value[0]!.labelled
  expect(labels_S.map(label => Number(label!.toFixed(4)))).toEqual([1, 0, 0.4772, 0])
  expect([source, meaning]).toEqual(['monte-carlo-regularised', 'value'])
})
