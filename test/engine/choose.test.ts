import { expect, test } from 'vitest'
import { choose } from '../../src/engine/choose.ts'

// Probabilities 0.5, 0.1, 0.3, 0.1; at temperature 0.5 they are squared: 25, 1, 9, 1 of 36.
const probabilities = [0.5, 0.1, 0.3, 0.1]
const logits_V = Float32Array.from(probabilities, p => Math.log(p) + 7)
const ids = (uniforms: number[], options = {}) => uniforms.map(u => choose(logits_V, u, options).id)

test('a token owns the share of [0, 1) that its probability is', () => {
  expect(ids([0, 0.49, 0.51, 0.59, 0.61, 0.89, 0.91, 0.999999])).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
  expect(ids([0.69, 0.7, 0.73, 0.96, 0.98], { temperature: 0.5 })).toEqual([0, 1, 2, 2, 3])
})

test('top-p keeps the fewest tokens that reach it, likeliest first', () => {
  expect(ids([0.62, 0.63], { topP: 0.8 })).toEqual([0, 2])
  expect(ids([0.1, 0.999], { topP: 0.4 })).toEqual([0, 0])
  expect(ids([0.56, 0.6, 0.999], { topP: 0.85 })).toEqual([1, 1, 2]) // of the two equals, the lower id
  expect(ids([0.999], { topP: 0.95 })).toEqual([3])
})

test('log-probabilities of the model and of what was sampled', () => {
  const plain = choose(logits_V, 0.7)
  expect([plain.logprob, plain.sampledLogprob].map(Math.exp)).toEqual([
    expect.closeTo(0.3, 6),
    expect.closeTo(0.3, 6),
  ])
  const shaped = choose(logits_V, 0.999, { temperature: 0.5, topP: 0.9 })
  expect(shaped.id).toBe(2)
  expect(Math.exp(shaped.logprob)).toBeCloseTo(0.3, 6)
  expect(Math.exp(shaped.sampledLogprob)).toBeCloseTo(9 / 34, 6)
})

test('greedy takes the likeliest with certainty, the first of equals', () => {
  const choice = choose(logits_V, 0.99, { greedy: true, temperature: 3 })
  expect(choice).toEqual({ id: 0, logprob: expect.closeTo(Math.log(0.5), 6), sampledLogprob: 0 })
  expect(choose(Float32Array.of(1, 2, 2), 0.9, { greedy: true }).id).toBe(1)
})

test('a token that cannot be is never drawn', () => {
  const masked = Float32Array.of(0, Number.NEGATIVE_INFINITY, 0, Number.NEGATIVE_INFINITY)
  expect([0, 0.5, 1 - 2 ** -32].map(u => choose(masked, u).id)).toEqual([0, 2, 2])
})

test('settings outside their range are refused', () => {
  expect(() => choose(logits_V, 0, { temperature: 0 })).toThrow(/temperature 0/)
  expect(() => choose(logits_V, 0, { topP: 0 })).toThrow(/top-p 0/)
  expect(() => choose(logits_V, 0, { topP: Number.NaN })).toThrow(RangeError)
})
