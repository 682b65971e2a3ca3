import { describe, expect, test } from 'vitest'
import { type Blend, blended, blendOf, nextBlend, slopesOf } from '../../src/credit/blended.ts'
import { implicitSlope } from '../../src/numbers/implicit-slope.ts'
import { random } from '../../src/numbers/random.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0)
const policyOf = (logits: readonly number[]): number[] => {
  const powers = logits.map(Math.exp)
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map(power => power / sum)
}

describe('the slope of the outcome by weights of rewards (arXiv:2310.19007, eq. 6)', () => {
  /** The policy that has climbed rewards, held to 0 by a ridge. */
  const climbed = (rewards: readonly number[], ridge: number): number[] => {
    let logits = rewards.map(() => 0)
    for (let step = 0; step < 4000; step++) {
      const p = policyOf(logits)
      const usual = dot(p, rewards)
      logits = logits.map((x, j) => x + 0.5 * (p[j]! * (rewards[j]! - usual) - ridge * x))
    }
    return policyOf(logits)
  }

  test('is the finite difference of what the policy earns that has climbed them, for three weights at once', () => {
    const draw = random(6)
    for (let round = 0; round < 12; round++) {
      const arms = 3 + (round % 4)
      const some = () => Array.from({ length: arms }, () => 2 * draw() - 1)
      const [outcomes, columns] = [some(), [some(), some(), some()]]
      const [weights, ridge, h] = [[0.4, -0.3, 0.2], 0.4, 1e-4]
      const rewardsAt = (w: readonly number[]): number[] =>
        outcomes.map(
          (o, j) =>
            o +
            dot(
              w,
              columns.map(of => of[j]!),
            ),
        )
      const earned = (k: number, by: number): number =>
        dot(climbed(rewardsAt(weights.map((w, i) => (i === k ? w + by : w))), ridge), outcomes)
      const features = outcomes.map((_, j) => columns.map(of => of[j]!))
      const rewards = rewardsAt(weights)
      const inner = { chances: climbed(rewards, ridge), rewards, features, outcomes }
      const found = implicitSlope(inner, { ridge, terms: 400 })
      for (let k = 0; k < 3; k++)
        expect(found[k]).toBeCloseTo((earned(k, h) - earned(k, -h)) / (2 * h), 5)
    }
  })

  test('one term is the identity, scaled: the product of both slopes by the logits', () => {
    const inner = { chances: [0.5, 0.5], rewards: [0, 0], features: [[1], [0]], outcomes: [1, 0] }
    expect(implicitSlope(inner, { ridge: 2, terms: 1 })[0]).toBeCloseTo((2 * 0.25 ** 2) / 2, 12)
    expect(implicitSlope({ ...inner, outcomes: [1, 1] }, { ridge: 2, terms: 9 })[0]).toBeCloseTo(
      0,
      12,
    )
  })
})

test('steps to come count by the weight of where they stand, and by the discount', () => {
  const group = exampleGroup([1, 1, 1], [2])
  const blend: Blend = { weights: [1, 2, 3], discount: 0.5, slopes: [] }
  const found = blended(blend)(group, { steps_G_S: [f32(1, 1, 1), null] })
  expectClose(found[0]!, f32(1 + 0.5 * 3.5, 2 + 0.5 * 3, 3))
  expect(found[1]).toBeNull()
})

describe('weights over iterations', () => {
  const group = exampleGroup(...Array.from({ length: 4 }, () => [1, 1, 1]))
  const outcome_G = [1, 0, 1, 0]
  const learned = (iterations: number, scores: readonly ((s: number) => number)[] | null) => {
    const steps_G_S = outcome_G.map((_, g) => scores && f32(...[0, 1, 2].map(scores[g]!)))
    let blend = blendOf(null, 0.5)
    for (let i = 0; i < iterations; i++) {
      const remember = nextBlend(blend, { rate: 0.5, window: 2 })
      blend = blendOf(remember({ groups_P: [group], rewards_P: [{ outcome_G, steps_G_S }] }), 9)
    }
    return blend
  }
  const helps = (s: number) => (s === 2 ? 1 : 0) // only what stands at the end tells right from wrong
  const harms = (s: number) => (s === 0 ? 1 : 0)

  test('of a place where scores help they rise, where they harm they fall below 0, elsewhere they stay', () => {
    const { weights, slopes } = learned(20, [helps, harms, helps, harms])
    expect(weights[2]).toBeGreaterThan(1)
    expect(weights[0]).toBeLessThanOrEqual(0)
    expect(weights[1]).toBe(0.5)
    expect(slopes).toHaveLength(2) // what earlier policies showed, as far as the window goes
    for (const w of learned(200, [helps, harms, helps, harms]).weights)
      expect(Math.abs(w)).toBeLessThanOrEqual(2)
  })

  test('the discount falls where late steps harm, and is kept within 0 and 1', () => {
    const late = (s: number) => (s === 2 ? 1 : 0)
    const none = () => 0
    expect(learned(4, [none, late, none, late]).discount).toBeLessThan(learned(4, null).discount)
    const { discount } = learned(400, [none, late, none, late])
    expect(discount >= 0 && discount <= 1).toBe(true)
  })

  test('what is not known, or no number, moves nothing', () => {
    expect(learned(5, null)).toEqual({ weights: [0.5, 0.5, 0.5], discount: 1, slopes: [] })
    const broken = learned(5, [() => Number.NaN, helps, helps, helps])
    expect(broken.weights).toEqual([0.5, 0.5, 0.5])
    const steps_G_S = [f32(1), null]
    expect(
      slopesOf({ outcome_G: [1, 0], steps_G_S }, { weights: [1, 1, 1], discount: 1 }),
    ).toBeNull()
  })
})
