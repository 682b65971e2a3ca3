import { expect, test } from 'vitest'
import { below, random } from '../../src/numbers/random.ts'
import { allocated, stepVariances, wanted } from '../../src/numbers/step-budget.ts'

const width = (variances: readonly number[], n: readonly number[]): number =>
  variances.reduce((sum, f, t) => sum + f / n[t]!, 0)

test('discount 1/2, three steps, 30 rollouts (ICML 2023, theorem 4.1 and its minimiser)', () => {
  const f = stepVariances(3, 0.5)
  expect(f).toEqual([2.5, 0.5, 0.0625])
  const n = wanted(f, 30)
  for (const [t, x] of [18.69, 8.36, 2.95].entries()) expect(n[t]).toBeCloseTo(x, 2)
  expect(width(f, n)).toBeCloseTo(0.2148, 4)
  expect(width(f, [10, 10, 10])).toBeCloseTo(0.30625, 6)
  expect(allocated(f, 30)).toEqual([19, 8, 3])
})

test('the sum over trajectories of their squared shares is that of f / n: lengths 1, 1, 2, 3', () => {
  const [lengths, discount] = [[1, 1, 2, 3], 0.7]
  const n = [0, 1, 2].map(t => lengths.filter(length => length > t).length)
  const squares = lengths.reduce((sum, length) => {
    const share = n.slice(0, length).reduce((all, one, t) => all + discount ** t / one, 0)
    return sum + share ** 2
  }, 0)
  // c_t = d^t / n_t; sum over t of c_t (c_t + 2 sum over u < t of c_u) n_t
  const direct = n.reduce((sum, one, t) => {
    const before = n.slice(0, t).reduce((all, other, u) => all + discount ** u / other, 0)
    const c = discount ** t / one
    return sum + c * (c + 2 * before) * one
  }, 0)
  expect(direct).toBeCloseTo(squares, 12)
})

test('all is spent, no step gets none, none more than an earlier one, and no even split is narrower', () => {
  const draw = random(5)
  for (let round = 0; round < 200; round++) {
    const steps = 1 + below(draw, 8)
    const each = 1 + below(draw, 12)
    const f = stepVariances(steps, 0.3 + 0.65 * draw())
    const n = allocated(f, steps * each)
    expect(n.reduce((a, b) => a + b)).toBe(steps * each)
    expect(Math.min(...n)).toBeGreaterThanOrEqual(1)
    for (let t = 1; t < steps; t++) expect(n[t]!).toBeLessThanOrEqual(n[t - 1]!)
    const even = f.map(() => each)
    expect(width(f, wanted(f, steps * each))).toBeLessThanOrEqual(width(f, even) + 1e-9)
  }
  expect(() => allocated([1, 1], 1)).toThrow('1 rollouts for 2 steps')
  expect(() => stepVariances(2, 1)).toThrow('between 0 and 1')
})
