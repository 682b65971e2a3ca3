import { expect, test } from 'vitest'
import { below, fromState, hashSeed, normal, random, shuffled } from '../../src/numbers/random.ts'

test('the same seed and labels give the same stream; other labels another', () => {
  const take = (...labels: (string | number)[]) => Array.from({ length: 4 }, random(1, ...labels))
  expect(take('a', 1)).toEqual(take('a', 1))
  expect(take('a', 1)).not.toEqual(take('a', 2))
  expect(take('1')).not.toEqual(take(1))
  expect(hashSeed(1, 'ab', 'c')).not.toBe(hashSeed(1, 'a', 'bc'))
})

test('a stored state continues the stream', () => {
  const a = random(7)
  a()
  const b = fromState(a.state())
  expect([b(), b(), b()]).toEqual([a(), a(), a()])
  expect(() => fromState([1])).toThrow(/4 integers/)
})

test('uniform, integer and normal numbers have the right moments', () => {
  const r = random(3)
  const n = 20_000
  const mean = (f: () => number) => Array.from({ length: n }, f).reduce((a, b) => a + b, 0) / n
  expect(mean(r)).toBeCloseTo(0.5, 1.9)
  expect(mean(() => below(r, 10))).toBeCloseTo(4.5, 0.9)
  expect(mean(() => normal(r) ** 2)).toBeCloseTo(1, 1)
  expect(shuffled(r, [1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4])
})
