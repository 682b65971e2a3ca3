import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clipped } from '../../src/update/clipped.ts'
import { reinforce } from '../../src/update/reinforce.ts'
import { batch, input } from './example-batch.ts'

test('the clipped branch is flat, and counted', () => {
  const { dlogprobs_G_T, metrics } = clipped().of(batch)
  expect(dlogprobs_G_T[0][1]).toBe(0) // ratio 1.65 with a positive advantage
  expect(dlogprobs_G_T[0][2]).toBe(0) // ratio 0.61 with a negative advantage
  expect(metrics['update/clipped_fraction']).toBeCloseTo(2 / 5, 12)
  expect(metrics['update/ratio_max']).toBeCloseTo(Math.exp(0.5), 6)
})

test('on the policy that sampled, its slope is that of REINFORCE and its ratio 1', () => {
  const on = batch.map(one => ({ ...one, sampled_T: one.logprobs_T }))
  const { dlogprobs_G_T, metrics } = clipped().of(on)
  expect(dlogprobs_G_T).toEqual(reinforce().of(on).dlogprobs_G_T)
  expect(metrics['update/ratio_mean']).toBeCloseTo(1, 12)
  expect(metrics['update/clipped_fraction']).toBe(0)
})

test('the loss is never below that of the plain ratio', () => {
  const number = (min: number, max: number) =>
    fc.float({ min: Math.fround(min), max: Math.fround(max), noNaN: true })
  const token = fc.tuple(number(-5, 0), number(-5, 0), number(-3, 3))
  fc.assert(
    fc.property(fc.array(token, { minLength: 1 }), tokens => {
      const [logprobs, sampled, advantages] = [0, 1, 2].map(i => tokens.map(x => x[i]))
      const one = input(logprobs, sampled, advantages, Array(tokens.length).fill(1))
      const wide = clipped({ clipLow: 1, clipHigh: Infinity }).of([one])
      expect(clipped().of([one]).loss).toBeGreaterThanOrEqual(wide.loss - 1e-9)
    }),
  )
})

test('a dual clip bounds what one token can cost, and is flat there (arXiv:1912.09729, eq. 5)', () => {
  const at = (ratio: number, advantage: number) =>
    clipped({ dualClip: 3 }).of([input([Math.log(ratio)], [0], [advantage])])
  expect(at(2, -1).loss).toBeCloseTo(2, 6) // plain: -min(2 * -1, 1.2 * -1)
  expect(at(2, -1).dlogprobs_G_T[0][0]).toBeCloseTo(2, 6)
  expect(at(5, -1).loss).toBeCloseTo(3, 6)
  expect(at(5, -1).dlogprobs_G_T[0][0]).toBe(0)
  expect(at(5, -1).metrics['update/clipped_fraction']).toBe(1)
  expect(at(5, 1).loss).toBeCloseTo(-1.2, 6) // a positive advantage is left to the other clip
  expect(() => clipped({ dualClip: 1 })).toThrow('dualClip must be above 1, got 1')
})

test('without bounds it is the plain ratio, whose slope at ratio 1 is that of REINFORCE', () => {
  const free = clipped({ clipLow: 1, clipHigh: Infinity })
  const { loss, dlogprobs_G_T, metrics } = free.of(batch)
  const ratios = batch.flatMap(({ logprobs_T, sampled_T, advantages_T, trained_T }) =>
    Array.from(logprobs_T, (x, t) => trained_T[t] * advantages_T[t] * Math.exp(x - sampled_T[t])),
  )
  expect(loss).toBeCloseTo(-ratios.reduce((a, b) => a + b) / 5, 6)
  expect(
    dlogprobs_G_T.flatMap(d_T => [...d_T]).every((d, i) => Math.abs(d + ratios[i] / 5) < 1e-6),
  ).toBe(true)
  expect(metrics['update/clipped_fraction']).toBe(0)
  const wide = clipped({ clipLow: 1, clipHigh: Infinity, dualClip: 1e9 })
  expect(wide.of(batch)).toEqual(free.of(batch))
})

test('what is not finite is not hidden', () => {
  const { loss, dlogprobs_G_T } = clipped().of([input([Number.NaN, -1], [-1, -1], [1, 1])])
  expect(loss).toBeNaN()
  expect(dlogprobs_G_T[0][0]).toBeNaN()
})
