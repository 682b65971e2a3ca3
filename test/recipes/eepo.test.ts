import { expect, test } from 'vitest'
import { iterate } from '../../src/iterate.ts'
import { once, resolve } from '../../src/recipe.ts'
import eepo from '../../src/recipes/eepo.ts'
import { independent } from '../../src/rollouts/independent.ts'
import {
  complement,
  latelyUnsure,
  sampleThenForget,
} from '../../src/rollouts/sample-then-forget.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'
import { problems, spied, toyNeeds, toyPolicy, toySampler } from '../toy.ts'

test('logits 2, 0, 0: one step of 0.1 takes the sampled token from .787 to .767', () => {
  const logits = [2, 0, 0]
  const softmax = (z: number[]) => z.map(x => Math.exp(x) / z.reduce((s, y) => s + Math.exp(y), 0))
  const [p] = softmax(logits)
  const rollout = { ...exampleRollout([1]), logprobs_T: f32(Math.log(p!)) }
  const { weights } = complement([rollout], 0.99)[0]!
  const slope = -weights[1]! // of the loss, for log p
  const after = logits.map((z, i) => z - 0.1 * slope * (Number(i === 0) - softmax(logits)[i]!))
  expect([p, softmax(after)[0]].map(x => Number(x!.toFixed(3)))).toEqual([0.787, 0.767])
})

test('its slope is that of the mean of -log(1 - p), over rollouts and their tokens', () => {
  const group = [exampleRollout([2]), exampleRollout([1, 2])]
  const rollouts = group.map((one, g) => ({
    ...one,
    logprobs_T: one.logprobs_T.map((_, t) => Math.log([0.9, 0.1, 0.995][(t + g) % 3]!)),
  }))
  const loss = (moved: readonly Float32Array[]): number =>
    moved.reduce((sum, logprobs_T) => {
      const each = Array.from(logprobs_T, x => -Math.log(1 - Math.min(Math.exp(x), 0.99)))
      return sum + each.reduce((a, b) => a + b) / logprobs_T.length / moved.length
    }, 0)
  const found = complement(rollouts, 0.99)
  rollouts.forEach(({ logprobs_T }, g) => {
    logprobs_T.forEach((x, t) => {
      const at = (by: number) =>
        loss(rollouts.map((one, i) => (i === g ? one.logprobs_T.with(t, x + by) : one.logprobs_T)))
      expect(-found[g]!.weights[1 + t]!).toBeCloseTo((at(1e-3) - at(-1e-3)) / 2e-3, 2)
    })
  })
  expect([0.9, 0.1].map(p => Math.round(-1000 * Math.log(1 - p)))).toEqual([2303, 105])
})

test('what was sampled becomes less likely in the copy, and the policy stays as it is', async () => {
  const [policy, copy] = [toyPolicy(3), toyPolicy(9)]
  const before = policy.table.values.slice()
  const how = { policy, copy, forgets: true, rate: 1, most: 0.99 }
  const groups = await sampleThenForget(toySampler(policy), 8, how)(problems, 1)
  expect(policy.table.values).toEqual(before)
  expect(groups.map(({ rollouts }) => rollouts.length)).toEqual([8, 8, 8, 8])
  const first = groups.flatMap(({ rollouts }) => rollouts.slice(0, 4))
  const loss = async (engine: typeof policy): Promise<number> => {
    const scores = await engine.score(
      first.map(({ promptIds, ids }) => Int32Array.of(...promptIds, ...ids)),
    )
    return first.reduce((sum, { promptIds }, i) => {
      const own = scores[i]!.logprobs.subarray(promptIds.length - 1)
      return sum + own.reduce((s, x) => s - Math.log(1 - Math.exp(x)), 0) / own.length
    }, 0)
  }
  expect(await loss(copy)).toBeLessThan(await loss(policy))
  for (const { rollouts } of groups)
    expect(rollouts.map(({ origin }) => origin ?? 'own')).toEqual([
      ...Array(4).fill('own'),
      ...Array(4).fill('other'),
    ])
  const { promptIds, ids, logprobs_T } = groups[0]!.rollouts[7]!
  const [read] = await copy.score([Int32Array.of(...promptIds, ...ids)])
  expect(read!.logprobs.subarray(promptIds.length - 1)).toEqual(logprobs_T)
})

test('closed, the gate leaves GRPO; it opens below the threshold, once something is known', async () => {
  const { engine, calls } = spied(toyPolicy(5))
  const plain = await independent(toySampler(toyPolicy(3)), 4)(problems, 2)
  const run = async (memory: readonly number[] | null, entropyBelow: string) => {
    calls.length = 0
    const policy = toyPolicy(3)
    const needs = { ...toyNeeds(policy), model: () => engine }
    const options = resolve(eepo, { groupSize: '4', entropyBelow })
    const built = eepo.build(options, needs, { ...once, memory })
    const learner = { policy, reference: null, learningRate: 0 }
    return iterate(built, problems, learner, 2)
  }
  for (const memory of [null, [0.5, 0.6]]) {
    expect((await run(memory, '0.3')).groups_P).toEqual(plain)
    expect(calls).toEqual([])
  }
  const open = await run([0.1, 0.4], '0.3')
  expect(calls.map(({ verb }) => verb)).toEqual(['blend', 'accumulate', 'step', 'sample'])
  expect(open.memory).toHaveLength(3)
})

test('the newest three are remembered, of what the policy itself sampled', () => {
  const group = exampleGroup([2], { ...exampleRollout([1]), logprobs_T: f32(-9), origin: 'other' })
  const rewarded = { groups_P: [group], rewards_P: [{}] }
  expect(latelyUnsure([4, 3, 2], 3)(rewarded)).toEqual([3, 2, 1])
  expect(latelyUnsure([], 3)({ groups_P: [], rewards_P: [] })).toEqual([])
})
