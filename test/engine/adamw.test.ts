import { describe, expect, test } from 'vitest'
import { adamW, type Moments, norm } from '../../src/engine/adamw.ts'
import { normal, random } from '../../src/numbers/random.ts'

const moments = (size: number): Moments => ({
  mean: new Float32Array(size),
  square: new Float32Array(size),
  steps: 0,
})
const near = (values: readonly number[], digits = 6) => values.map(v => expect.closeTo(v, digits))

test('two steps worked out by hand', () => {
  // beta1 = 1/2, beta2 = 3/4, rate 1/10, no epsilon; the gradients are 2, then -4.
  // Step 1: m = 1, v = 1; corrected 2 and 4; the value moves by -0.1 * 2 / 2.
  // Step 2: m = -3/2, v = 19/4; corrected -2 and 76/7; it moves by 0.1 * 2 / sqrt(76/7).
  const options = { learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0, weightDecay: 0 }
  const values = Float32Array.of(1)
  const state = moments(1)
  state.steps = 1
  adamW(values, Float32Array.of(2), state, options, 1)
  expect(Array.from(values)).toEqual(near([0.9]))
  state.steps = 2
  adamW(values, Float32Array.of(-4), state, options, 1)
  expect([...state.mean, ...state.square]).toEqual(near([-1.5, 4.75]))
  expect(Array.from(values)).toEqual(near([0.9 + 0.2 / Math.sqrt(76 / 7)]))
})

test('follows PyTorch over many steps, decay and epsilon included', () => {
  const options = {
    learningRate: 0.02,
    beta1: 0.9,
    beta2: 0.95,
    epsilon: 1e-3,
    weightDecay: 0.1,
  }
  const draw = random(1, 'adamw')
  const values = Float32Array.from({ length: 8 }, () => normal(draw))
  const expected = Float64Array.from(values)
  const m = new Float64Array(8)
  const v = new Float64Array(8)
  const state = moments(8)
  for (let step = 1; step <= 20; step++) {
    const gradient = Float32Array.from({ length: 8 }, () => normal(draw))
    state.steps = step
    adamW(values, gradient, state, options, 1)
    for (let i = 0; i < 8; i++) {
      expected[i]! *= 1 - 0.02 * 0.1
      m[i] = 0.9 * m[i]! + 0.1 * gradient[i]!
      v[i] = 0.95 * v[i]! + 0.05 * gradient[i]! ** 2
      const denominator = Math.sqrt(v[i]!) / Math.sqrt(1 - 0.95 ** step) + 1e-3
      expected[i]! -= (0.02 / (1 - 0.9 ** step)) * (m[i]! / denominator)
    }
  }
  expect(Array.from(values)).toEqual(near([...expected], 5))
})

test('a scaled gradient is the gradient times the scale', () => {
  const options = { learningRate: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 1, weightDecay: 0 }
  const run = (gradient: number, scale: number): Float32Array => {
    const values = Float32Array.of(1, 1)
    adamW(values, Float32Array.of(gradient, 0), { ...moments(2), steps: 1 }, options, scale)
    return values
  }
  expect(run(8, 0.25)).toEqual(run(2, 1))
})

test('only the chosen range moves', () => {
  const options = { learningRate: 0.1, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0.5 }
  const values = Float32Array.of(1, 1, 1, 1)
  const state = { ...moments(4), steps: 1 }
  adamW(values, Float32Array.of(1, 1, 1, 1), state, options, 1, 1, 3)
  expect(Array.from(values)).toEqual(near([1, 0.9, 0.9, 1]))
  expect(Array.from(state.mean)).toEqual([0, 1, 1, 0])
})

describe('norm', () => {
  test.each([
    { values: [], expected: 0 },
    { values: [3, -4], expected: 5 },
    { values: [3e30, 4e30], expected: 5e30 }, // squares pass what float32 holds
    { values: [1, Number.NaN], expected: Number.NaN },
    { values: [1, Number.NEGATIVE_INFINITY], expected: Number.POSITIVE_INFINITY },
  ])('of $values', ({ values, expected }) => {
    const found = norm(Float32Array.from(values))
    if (Number.isFinite(expected))
      expect(found / (expected || 1)).toBeCloseTo(Math.sign(expected), 6)
    else expect(found).toBe(expected)
  })
})
