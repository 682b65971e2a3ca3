import { expect, test } from 'vitest'
import { mean } from '../../../src/numbers/numeric.ts'
import { normal, random } from '../../../src/numbers/random.ts'
import { resampled } from '../../../src/prm/evaluate/resampled.ts'

const average = (clusters: readonly (readonly number[])[]): number => mean(clusters.flat())

test('the interval of a mean is that of its standard error', () => {
  const draw = random(1, 'sample')
  const sample = Array.from({ length: 400 }, () => [normal(draw)])
  const { value, low, high } = resampled(sample, average, { random: random(1), resamples: 4000 })
  const error = Math.sqrt(mean(sample.map(([x]) => (x! - value) ** 2)) / sample.length)
  expect((value - low) / error).toBeCloseTo(1.96, 0)
  expect((high - value) / error).toBeCloseTo(1.96, 0)
})

test('values of one cluster are one observation: copies make no interval smaller', () => {
  const draw = random(2, 'sample')
  const single = Array.from({ length: 30 }, () => [normal(draw)])
  const copied = single.map(([x]) => [x!, x!, x!, x!])
  const of = (sample: number[][]) => resampled(sample, average, { random: random(3) })
  expect(of(copied).low).toBeCloseTo(of(single).low, 12)
  expect(of(copied).high).toBeCloseTo(of(single).high, 12)
})

test('the true mean of many samples lies within about 95 % of their intervals', () => {
  const draw = random(4, 'samples')
  let inside = 0
  for (let i = 0; i < 300; i++) {
    const sample = Array.from({ length: 40 }, () => [draw()])
    const { low, high } = resampled(sample, average, { random: draw, resamples: 300 })
    inside += Number(low <= 0.5 && 0.5 <= high)
  }
  expect(inside / 300).toBeGreaterThan(0.9)
  expect(inside / 300).toBeLessThan(0.985)
})

test('resamples that say nothing count for nothing; nothing at all is NaN', () => {
  const one = (clusters: readonly (number | null)[]): number =>
    clusters.includes(null) ? mean(clusters.filter(x => x !== null)) : Number.NaN
  const some = resampled([null, 1, 1, 1], one, { random: random(5) })
  expect(some).toEqual({ value: 1, low: 1, high: 1 })
  expect(resampled([], average, { random: random(6) }).low).toBeNaN()
})
