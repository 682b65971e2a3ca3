// The baselines on one worked example, against numbers computed from the papers' equations by a script of its own.
//
// One problem, four rollouts of 3, 2, 1 and 2 tokens with outcomes 1, 0, 0, 1; at most 4 tokens. Every token was sampled
// with log-probability -1. log p_policy - log p_reference was 0.1, 0.2, 0.3 at tokens 0, 1, 2 when it was sampled; the policy
// has since moved by 0.3, -0.3, 0.1 there, so that ratios are exp of that, beyond both clips.
import { describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import type { LossInput, ValueLesson } from '../../src/method.ts'
import { type Needs, once, resolve } from '../../src/recipe.ts'
import { recipes } from '../../src/recipes/index.ts'
import { exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'
import { toyNeeds, toyPolicy } from '../toy.ts'

const group = exampleGroup(...[3, 2, 1, 2].map(length => exampleRollout([length])))
const prompt = 2 // tokens
const moved = [0.3, -0.3, 0.1]
const values_G = [[0.5, 0.6, 0.9], [0.4, 0.1], [0.2], [0.7, 0.8]]

const reference: Pick<Engine, 'score'> = {
  score: async sequences =>
    sequences.map(ids => {
      const logprobs = Float32Array.from({ length: ids.length - 1 }, (_, i) =>
        i < prompt - 1 ? -7 : -1 - 0.1 * (i - prompt + 2),
      )
      return { logprobs, entropies: logprobs }
    }),
}
const critic: Pick<Engine, 'info' | 'classify'> = {
  info: { classes: 1 } as Engine['info'],
  classify: async sequences =>
    sequences.map((_, g) => f32(...Array(prompt - 1).fill(9), ...values_G[g], 9)),
}
const needs: Needs = {
  ...toyNeeds(toyPolicy()),
  sample: () => async () => [group],
  grade: async () => [{ outcome_G: [1, 0, 0, 1] }],
  reference: async () => reference as Engine,
  model: () => critic as Engine,
  maxTokens: 4,
}

/** Advantages and loss of the example. */
async function worked(name: string, overrides: Readonly<Record<string, string>> = {}) {
  const recipe = recipes.find(one => one.name === name)!
  const method = recipe.build(resolve(recipe, overrides), needs, once)
  const groups = await method.rollouts([], 0)
  const [rewards] = await method.rewards(groups)
  const rewarded = { groups_P: groups, rewards_P: [rewards] }
  expect(method.select?.(rewarded) ?? [[0, 1, 2, 3]]).toEqual([[0, 1, 2, 3]])
  const streams = method.credit(group, rewards)
  const { advantages_P_G_T } = method.advantages({ ...rewarded, streams_P: [streams] })
  const batch = group.rollouts.map(({ logprobs_T }, g): LossInput => {
    return {
      group: 0,
      outcome: rewards.outcome_G[g],
      replayed_T: null,
      logprobs_T: logprobs_T.map((x, t) => x + moved[t]),
      sampled_T: logprobs_T,
      drawn_T: logprobs_T,
      proximal_T: logprobs_T,
      reference_T: logprobs_T.map((x, t) => x - 0.1 * (t + 1)),
      advantages_T: advantages_P_G_T[0][g],
      trained_T: new Uint8Array(logprobs_T.length).fill(1),
    }
  })
  return {
    method,
    streams,
    advantages_G_T: advantages_P_G_T[0],
    slope: method.loss.of(batch),
    batch,
  }
}

/** Fails unless every token of a rollout has its advantage. */
function expectAdvantages(found: readonly Float32Array[], expected: readonly number[]): void {
  for (const [g, a_T] of found.entries()) expectClose(a_T, Array(a_T.length).fill(expected[g]))
}

test('rloo: R = r - 0.1 KL, A = R - mean of the others, sum of A log p (arXiv:2402.14740, eq. 2, 7)', async () => {
  const { advantages_G_T, slope } = await worked('rloo', { klCoef: '0.1' })
  expectAdvantages(advantages_G_T, [0.63, -0.6633333, -0.6366667, 0.67])
  expect(slope.loss).toBeCloseTo(0.0871667, 6) // divided by 4 rollouts and 4 tokens
  expectClose(slope.dlogprobs_G_T[0], [-0.039375, -0.039375, -0.039375])
})

test('grpo: A = (r - mean) / deviation, means of means, k3 of 0.04 (arXiv:2402.03300, eq. 3, 4)', async () => {
  const { advantages_G_T, slope } = await worked('grpo')
  expectAdvantages(advantages_G_T, [0.999998, -0.999998, -0.999998, 0.999998])
  expect(slope.loss).toBeCloseTo(0.1117063, 6)
})

test('dr-grpo: A = r - mean, a sum over tokens by a constant length (arXiv:2503.20783, section 3.2)', async () => {
  const { advantages_G_T, slope } = await worked('dr-grpo')
  expectAdvantages(advantages_G_T, [0.5, -0.5, -0.5, 0.5])
  expect(slope.loss).toBeCloseTo(-0.0464716, 6)
})

test('dapo: outcomes 1 and -1 less a soft punishment of length (arXiv:2503.14476, eq. 8 to 13)', async () => {
  // with half of the 4 tokens free a rollout of 3 loses 0.5: rewards 0.5, -1, -1, 1
  const { advantages_G_T, slope, method } = await worked('dapo', { overlong: '0.5' })
  expectAdvantages(advantages_G_T, [0.7001393, -0.980195, -0.980195, 1.2602507])
  expect(slope.loss).toBeCloseTo(-0.16312, 6)
  const even = { groups_P: [group], rewards_P: [{ outcome_G: [1, 1, 1, 1] }] }
  expect(method.select?.(even)).toEqual([[]])
})

test('reinforce-plus-plus: r less the KL to come, whitened over the batch (arXiv:2501.03262, eq. 5)', async () => {
  const { advantages_G_T, slope } = await worked('reinforce-plus-plus', { klCoef: '0.1' })
  const expected = [
    [0.6810406, 0.7007096, 0.7400477],
    [-1.2268565, -1.2071875],
    [-1.1875184],
    [0.7400477, 0.7597168],
  ]
  for (const [g, a_T] of advantages_G_T.entries()) expectClose(a_T, expected[g])
  expect(slope.loss).toBeCloseTo(0.077465, 6)
})

describe('ppo: GAE with lambda 0.5 (arXiv:1707.06347, eq. 7, 9, 11)', async () => {
  const { streams, advantages_G_T, slope, method } = await worked('ppo', {
    klCoef: '0.1',
    lambda: '0.5',
  })

  test('returns and advantages', () => {
    const returns = [[0.7475, 0.915, 0.97], [0.03, -0.02], [-0.01], [0.88, 0.98]]
    for (const [g, r_T] of streams.returns.entries()) expectClose(r_T, returns[g])
    const expected = [
      [0.866439, 1.1436995, 0.1373466],
      [-1.669981, -0.6430903],
      [-1.012771],
      [0.5891785, 0.5891785],
    ]
    for (const [g, a_T] of advantages_G_T.entries()) expectClose(a_T, expected[g])
    expect(slope.loss).toBeCloseTo(0.119191, 5)
  })

  test('the loss of the critic before it moves, and how much of the variance it explains', () => {
    const batch = streams.values.map((values_T, g) => ({
      values_T: values_T!,
      before_T: values_T!,
      returns_T: streams.returns[g]!,
      trained_T: new Uint8Array(values_T!.length).fill(1),
    }))
    const { loss, metrics } = (method.also![0].lesson as ValueLesson).loss.of(batch)
    expect(loss).toBeCloseTo(0.0265988, 6)
    expect(metrics['critic/explained_variance']).toBeCloseTo(0.7323763, 5)
  })
})
