import { describe, expect, test } from 'vitest'
import { perToken } from '../../src/advantages/per-token.ts'
import { tokenSum } from '../../src/credit/token-sum.ts'
import { iterate } from '../../src/iterate.ts'
import { resolve } from '../../src/recipe.ts'
import prime from '../../src/recipes/prime.ts'
import { accuracyBand } from '../../src/rewards/accuracy-band.ts'
import { logprobsOf } from '../../src/rewards/divergence.ts'
import { implicit } from '../../src/rewards/implicit.ts'
import { advantages, credit } from '../../src/stages.ts'
import { implicitOutcome } from '../../src/update/implicit-outcome.ts'
import { credited, exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'
import { input, numericSlope } from '../update/example-batch.ts'

const options = { groupSize: '6', low: '0', high: '1' }
const once = { iteration: 1, iterations: 1, seed: 0, memory: null }

// r1 = [0.1, 0.3] and r2 = [0, -0.2, 0.2] with outcomes 1 and 0 (arXiv:2502.01456, eq. 5, and its code)
const group = exampleGroup([2], [3])
const rewards = { outcome_G: [1, 0], tokens_G_T: [f32(0.1, 0.3), f32(0, -0.2, 0.2)] }

describe('advantages', () => {
  const combined = (scaled: boolean) =>
    advantages.combine({
      process: { baseline: perToken({ scaled }), weight: 1 },
      outcome: { baseline: advantages.leaveOneOut(), weight: 1 },
    })
  const streams = credit.streams({ process: tokenSum(), outcome: credit.outcome() })(group, rewards)

  test('of the code: 1.4, 1.4 and -1.6, -1.4, -0.8', () => {
    const [found] = combined(true)(credited([group], [streams])).advantages_P_G_T
    expectClose(found![0]!, [1.4, 1.4])
    expectClose(found![1]!, [-1.6, -1.4, -0.8])
  })

  test('of the paper: differences of tokens half as large, the same in the mean', () => {
    const [found] = combined(false)(credited([group], [streams])).advantages_P_G_T
    expectClose(found![0]!, [1.4, 1.3])
    expectClose(found![1]!, [-1.6, -1.4, -1])
  })

  test('sums are over tokens of the policy; rollouts without rewards, or alone, get nothing', () => {
    const spans = [
      { start: 0, end: 1, role: 'policy' },
      { start: 1, end: 2, role: 'tool' },
      { start: 2, end: 3, role: 'policy' },
    ] as const
    const mixed = exampleGroup(exampleRollout([3], spans), [1], [1])
    const tokens_G_T = [f32(1, 9, 2), f32(4), null]
    const returns_G = tokenSum()(mixed, { tokens_G_T })
    expectClose(returns_G[0]!, [3, 2, 2])
    expect(returns_G[2]).toBeNull()
    const [a_T, b_T, c_T] = perToken()(mixed, returns_G)
    expectClose(a_T!, [3 - 2 * 4, 0, 2 - 4])
    expectClose(b_T!, [4 - 1.5])
    expect(c_T).toEqual(f32(0))
    const alone = perToken()(exampleGroup([2]), [f32(1, 1)])
    expect(alone).toEqual([f32(0, 0)])
    expect(() => tokenSum()(mixed, { tokens_G_T: [f32(1), null, null] })).toThrow(
      'tokenSum: 1 rewards for 3 tokens of rollout 0',
    )
  })
})

test('a reward model that is the reference rewards nothing', async () => {
  const policy = toyPolicy(3)
  const groups = await toyNeeds(policy).sample(2)(problems, 5)
  const same = await implicit(toyPolicy(1), async () => toyPolicy(1), 0.5)(groups)
  for (const { tokens_G_T } of same)
    for (const tokens_T of tokens_G_T) expect(tokens_T!.every(x => x === 0)).toBe(true)
  const [first] = await implicit(policy, async () => toyPolicy(1), 0.5)(groups)
  const [rollout] = groups[0]!.rollouts
  const [own] = await logprobsOf(policy, [rollout!])
  const [other] = await logprobsOf(toyPolicy(1), [rollout!])
  expectClose(
    first!.tokens_G_T[0]!,
    [...own!].map((x, t) => 0.5 * (x - other![t]!)),
  )
})

test.each([
  [[1, 0, 0, 0, 0], true],
  [[0, 0, 0, 0, 0], false],
  [[1, 1, 1, 1, 0], true],
  [[1, 1, 1, 1, 1], false],
  [[null, 1, 0], true],
  [[null], false],
])('outcomes %j are within [0.2, 0.8]: %s', (outcome_G, kept) => {
  const one = exampleGroup(...outcome_G.map(() => [1]))
  const found = accuracyBand(0.2, 0.8)({ groups_P: [one], rewards_P: [{ outcome_G }] })
  expect(found).toEqual([kept ? outcome_G.map((_, g) => g) : []])
})

describe('the lesson of the reward model', () => {
  const loss = implicitOutcome({ beta: 0.5 })
  const batch = [
    input([-1, -0.5, -2], [-1, -1, -1], [1, 1, 1], [1, 1, 0]),
    input([-0.3, -2], [-0.7, -1.2], [0, 0]),
  ]

  test('the cross-entropy of the sigmoid of its sums, and its slope', () => {
    const sums = batch.map(({ logprobs_T, reference_T, trained_T }) =>
      logprobs_T.reduce((sum, x, t) => sum + trained_T[t]! * 0.5 * (x - reference_T![t]!), 0),
    )
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
    const expected = -(Math.log(sigmoid(sums[0]!)) + Math.log(1 - sigmoid(sums[1]!))) / 2
    const { loss: value, dlogprobs_G_T } = loss.of(batch)
    expect(value).toBeCloseTo(expected, 6)
    for (const [g, slope_T] of numericSlope(loss, batch).entries())
      for (const [t, slope] of slope_T.entries()) expect(dlogprobs_G_T[g]![t]).toBeCloseTo(slope, 3)
  })

  test('it stays finite, whatever the sums', () => {
    const far = [input([800, 800], [0, 0], [0, 0]), input([-800, -800], [0, 0], [1, 1])]
    const { loss: value, dlogprobs_G_T } = loss.of(far)
    expect(Number.isFinite(value)).toBe(true)
    expect(dlogprobs_G_T.flatMap(x_T => [...x_T]).every(Number.isFinite)).toBe(true)
  })
})

test('the reward model learns beside the policy, and tells outcomes better and better', async () => {
  const policy = toyPolicy(3)
  const needs = toyNeeds(policy)
  const method = prime.build(
    resolve(prime, { ...options, rewardRate: '0.1', beta: '0.5' }),
    needs,
    once,
  )
  const learner = { policy, reference: null, learningRate: 0 } // so that it sees the same all the time
  const losses: number[] = []
  for (let i = 0; i < 40; i++) {
    const { metrics, dropped } = await iterate(method, problems, learner, i)
    expect(dropped).toBeNull()
    losses.push(metrics['reward_model/loss']!)
    expect(metrics['reward_model/told']).toBeLessThanOrEqual(1)
  }
  const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b) / xs.length
  expect(mean(losses.slice(-10))).toBeLessThan(mean(losses.slice(0, 10)))
  expect(needs.model('judge').version).toBe(40)
})
