import { describe, expect, test } from 'vitest'
import { auxiliaryWeights, outcomeSlopes, slopeOf } from '../../src/advantages/auxiliary-weights.ts'
import { random } from '../../src/numbers/random.ts'
import { exampleGroup } from '../example-groups.ts'

/** A softmax policy over arms, and what it earns. */
const policyOf = (logits: readonly number[]): number[] => {
  const powers = logits.map(Math.exp)
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map(power => power / sum)
}
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0)
const slopeAt = (logits: readonly number[], reward: readonly number[]): number[] => {
  const p = policyOf(logits)
  return p.map((share, i) => share * (reward[i]! - dot(p, reward)))
}

describe('the slope of the outcome by the weight of an auxiliary reward (arXiv:2310.19007, eq. 6)', () => {
  test('is the finite difference of what a step along both rewards earns, on a bandit of equal arms', () => {
    const draw = random(6)
    for (let round = 0; round < 100; round++) {
      const arms = 2 + Math.floor(6 * draw())
      const some = () => Array.from({ length: arms }, () => 2 * draw() - 1)
      const [logits, outcome, auxiliary] = [Array(arms).fill(0), some(), some()]
      const weightAfter = (weight: number, step: number): number => {
        const [a, b] = [slopeAt(logits, outcome), slopeAt(logits, auxiliary)]
        const moved = logits.map((x, i) => x + step * (a[i]! + weight * b[i]!))
        return dot(policyOf(moved), outcome)
      }
      const [step, h] = [1e-4, 1e-2]
      const found = (weightAfter(0.3 + h, step) - weightAfter(0.3 - h, step)) / (2 * h * step)
      expect(found).toBeCloseTo(slopeOf(outcome, auxiliary)! / arms, 4)
    }
  })

  test('what cannot be compared has none', () => {
    expect(slopeOf([1, null, 0], [null, 1, 1])).toBeNull()
    expect(slopeOf([1, 0, null], [1, 0, 1])).toBeCloseTo(0.25, 9)
  })
})

describe('weights over iterations', () => {
  const group = exampleGroup([1], [1], [1], [1])
  const outcome_G = [1, 0, 1, 0]
  const weightAfter = (iterations: number, quality: readonly (number | null)[]) => {
    let weights = auxiliaryWeights(['quality'], null, 0.5)
    for (let i = 0; i < iterations; i++) {
      const remember = outcomeSlopes(weights, { rate: 0.5 })
      const batch = { groups_P: [group], rewards_P: [{ outcome_G, parts_G: { quality } }] }
      weights = auxiliaryWeights(['quality'], remember(batch), 9)
    }
    return weights.quality
  }

  test('of a reward that does harm falls to 0 and below; of one that helps it stays above', () => {
    expect(weightAfter(1, [1, 0, 1, 0])).toBeCloseTo(0.625, 9)
    expect(weightAfter(4, [0, 1, 0, 1])).toBeLessThanOrEqual(0)
    expect(weightAfter(10, [0.9, 0.4, 0.8, 0.6])).toBeGreaterThan(0.5)
    expect([weightAfter(99, [1, 0, 1, 0]), weightAfter(99, [0, 1, 0, 1])]).toEqual([2, -2])
  })

  test('of one that says nothing of outcomes, or is not known, or no number, stays', () => {
    for (const quality of [
      [1, 1, 0, 0],
      [null, null, null, null],
      [Number.NaN, 0, 0, 0],
    ])
      expect(weightAfter(5, quality)).toBe(0.5)
  })
})
