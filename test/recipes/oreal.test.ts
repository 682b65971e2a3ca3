import { describe, expect, test } from 'vitest'
import { prefixWeighted, prefixWeights } from '../../src/advantages/prefix-weighted.ts'
import { iterate } from '../../src/iterate.ts'
import { once, resolve } from '../../src/recipe.ts'
import oreal from '../../src/recipes/oreal.ts'
import { oneOfEach } from '../../src/rewards/one-of-each.ts'
import { bySign } from '../../src/update/by-sign.ts'
import { clipped } from '../../src/update/clipped.ts'
import { entropy } from '../../src/update/entropy.ts'
import { reinforce } from '../../src/update/reinforce.ts'
import { meanLogit } from '../../src/update/token-reward-model.ts'
import { credited, exampleGroup, expectClose, f32 } from '../example-groups.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'
import { input, numericSlope } from '../update/example-batch.ts'

test('weights of the logits 0, 2, -1: their prefix means are 0, 1, 1/3 (arXiv:2502.06781)', () => {
  expectClose(prefixWeights(f32(0, 2, -1), true), [0, 0.462117, 0.16514])
  expectClose(prefixWeights(f32(0, 2, -1), false), [0, 0, 0])
  expectClose(prefixWeights(f32(0, -2, 1), false), [0, 0.462117, 0.16514])
  expectClose(prefixWeights(f32(1000, -1000), true), [1, 0])
})

test('advantages of outcomes 1, 1, 0, 0 are 2/3 and -2/3, by those weights', () => {
  const group = exampleGroup([3], [1], [1], [1])
  const outcome = [f32(1, 1, 1), f32(1), f32(0), f32(0)]
  const values = [f32(0, 2, -1), f32(1e3), f32(-1e3), f32(1e3)]
  const [found] = prefixWeighted()(credited([group], [{ outcome, values }])).advantages_P_G_T
  expectClose(found![0]!, [0, (2 / 3) * 0.462117, (2 / 3) * 0.16514])
  expect([1, 2, 3].map(g => found![g]![0])).toEqual([2 / 3, -2 / 3, -0].map(Math.fround))
})

test('one right and one wrong rollout of each group are learned from', () => {
  const rewards_P = [
    [0, 1, 1, 0],
    [1, 1],
    [null, 0, 1],
  ].map(outcome_G => ({ outcome_G }))
  const groups_P = rewards_P.map(({ outcome_G }) => exampleGroup(...outcome_G.map(() => [1])))
  expect(oneOfEach({ groups_P, rewards_P })).toEqual([[0, 1], [0], [1, 2]])
})

describe('the loss', () => {
  const loss = bySign({
    positive: reinforce(),
    negative: clipped({ clip: Infinity }),
    negativeWeight: 0.5,
  })
  const right = input([-1, -0.5], [-1.2, -0.4], [0.5, 0.25])
  const wrong = input([-0.3, -2, -1], [-0.7, -1.2, -1], [-0.5, -1, 0])

  test('right rollouts are imitated, wrong ones by their ratio, each over its own tokens', () => {
    const imitated = -(0.5 * -1 + 0.25 * -0.5) / 2
    const unlearned = (0.5 * Math.exp(0.4) + Math.exp(-0.8)) / 3
    expect(loss.of([wrong, right]).loss).toBeCloseTo(imitated + 0.5 * unlearned, 6)
    const batch = [wrong, right, input([], [], [])]
    const { dlogprobs_G_T } = loss.of(batch)
    for (const [g, slope_T] of numericSlope(loss, batch).entries())
      for (const [t, slope] of slope_T.entries()) expect(dlogprobs_G_T[g]![t]).toBeCloseTo(slope, 3)
  })

  test('it is finite for ratios of e^5 and e^-5, and for one sign alone', () => {
    for (const batch of [[right], [wrong], [input([-1, -6], [-6, -1], [-1, -1])], []]) {
      const { loss: value, dlogprobs_G_T } = loss.of(batch)
      expect(Number.isFinite(value)).toBe(true)
      expect(dlogprobs_G_T.flatMap(x_T => [...x_T]).every(Number.isFinite)).toBe(true)
    }
    const bonus = bySign({ positive: entropy({ coefficient: 0.1 }), negative: reinforce() })
    expect(() => bonus.of([right])).toThrow('bySign: entropies are not split by sign')
  })
})

test('the model of tokens: cross-entropy of the mean logit, and its slope', () => {
  const loss = meanLogit()
  const one = (values: number[], outcome: number, trained: number[]) => ({
    values_T: f32(...values),
    before_T: f32(...values),
    returns_T: f32(...values.map(() => outcome)),
    trained_T: Uint8Array.from(trained),
  })
  const batch = [one([1, 3, 9], 1, [1, 1, 0]), one([-1, 0.5], 0, [1, 1]), one([4], 1, [0])]
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
  const { loss: value, dvalues_G_T } = loss.of(batch)
  expect(value).toBeCloseTo(-(Math.log(sigmoid(2)) + Math.log(1 - sigmoid(-0.25))) / 3, 6)
  const h = 1e-2
  for (const [g, { values_T }] of batch.entries())
    for (const [t, x] of values_T.entries()) {
      const at = (d: number): number =>
        loss.of(batch.with(g, { ...batch[g]!, values_T: values_T.with(t, x + d) })).loss
      expect(dvalues_G_T[g]![t]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 4)
    }
})

test('all rollouts of mixed groups are compared, two of each are learned from', async () => {
  const policy = toyPolicy(3)
  const needs = toyNeeds(policy)
  const method = oreal.build(resolve(oreal), needs, once)
  const learner = { policy, reference: toyPolicy(1), learningRate: 0.05 }
  const { credited, learned, metrics } = await iterate(method, problems, learner, 5)
  expect(credited.groups.length).toBeGreaterThan(0)
  for (const { rollouts } of credited.groups_P) expect(rollouts).toHaveLength(8)
  for (const places of learned.rollouts_P) expect(places).toHaveLength(2)
  expect(metrics['token_rewards/loss']).toBeGreaterThan(0)
  expect(needs.model('tokens').version).toBe(1)
})
