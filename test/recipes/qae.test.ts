import { expect, test } from 'vitest'
import { quantileNorm, quantileOf } from '../../src/advantages/quantile-norm.ts'
import { exampleGroup } from '../example-groups.ts'

const outcomes = (right: number, n: number) =>
  Array.from({ length: n }, (_, g) => Number(g < right))

/** Advantages of groups of single tokens. */
function advantagesOf(values: (number | null)[], options: Parameters<typeof quantileNorm>[0]) {
  const group = exampleGroup(...values.map(() => [1]))
  const returns_G = values.map(value => (value === null ? null : Float32Array.of(value)))
  return quantileNorm(options)(group, returns_G).map(a_T => a_T[0]!)
}

test('one of eight right: it alone learns; six of eight: the two wrong ones (arXiv:2509.22611, eq. 6)', () => {
  const rare = advantagesOf(outcomes(1, 8), { quantile: 0.4 })
  expect(rare[0]).toBeCloseTo(3.024, 3) // (1 - 0) / (sqrt(7) / 8)
  expect(rare.slice(1)).toEqual(Array(7).fill(0))
  const often = advantagesOf(outcomes(6, 8), { quantile: 0.4 })
  expect(often.slice(0, 6)).toEqual(Array(6).fill(0))
  for (const a of often.slice(6)) expect(a).toBeCloseTo(-2.309, 3)
})

test('the baseline is 0 exactly where at most 1 - K are right', () => {
  for (let n = 2; n <= 20; n++)
    for (let right = 0; right <= n; right++)
      for (const tenths of [1, 2, 3, 4, 5, 6, 7, 8, 9])
        expect(quantileOf(outcomes(right, n), tenths / 10, 'lowest')).toBe(
          Number(10 * right > (10 - tenths) * n),
        )
})

test('five of eight right: between two values, as the published code has it, right ones learn too', () => {
  expect(quantileOf(outcomes(5, 8), 0.4, 'lowest')).toBe(1)
  expect(quantileOf(outcomes(5, 8), 0.4, 'linear')).toBeCloseTo(0.8, 12)
  const found = advantagesOf(outcomes(5, 8), { quantile: 0.4, between: 'linear' })
  expect(found[0]).toBeGreaterThan(0)
})

test('what is not known counts for nothing; the only one known has nothing to be compared with', () => {
  expect(advantagesOf([1, null, 0], { quantile: 0.4 })).toEqual(
    advantagesOf([1, 0], { quantile: 0.4 }).toSpliced(1, 0, 0),
  )
  expect(advantagesOf([1, null], { quantile: 0.4 })).toEqual([0, 0])
  expect(() => quantileNorm({ quantile: 1 })).toThrow('must lie between 0 and 1, got 1')
})
