import { expect, test } from 'vitest'
import { divergence, logprobsOf } from '../../src/rewards/divergence.ts'
import { values } from '../../src/rewards/values.ts'
import { expectClose } from '../example-groups.ts'
import { problems, toyJudge, toyNeeds, toyPolicy } from '../toy.ts'

const policy = toyPolicy(3)
const groups = await toyNeeds(policy).sample(3)(problems, 5)

test('log-ratios of what the policy said when it sampled to what the reference says', async () => {
  const reference = toyPolicy(1)
  const found = await divergence(async () => reference, 0.1)(groups)
  expect(found.length).toBe(groups.length)
  for (const [p, { rollouts }] of groups.entries()) {
    const expected = await logprobsOf(reference, rollouts)
    for (const [g, { logprobs_T, ids }] of rollouts.entries()) {
      const logRatios_T = found[p]!.logRatios_G_T[g]!
      expect(logRatios_T.length).toBe(ids.length)
      expectClose(
        logRatios_T,
        logprobs_T.map((x, t) => x - expected[g]![t]!),
      )
    }
  }
  const same = await divergence(async () => policy, 0.1)(groups)
  for (const logRatios_T of same.flatMap(one => one.logRatios_G_T))
    expectClose(logRatios_T, new Float32Array(logRatios_T!.length))
})

test('a coefficient of 0 asks nobody', async () => {
  const nobody = (): never => {
    throw new Error('asked')
  }
  const found = await divergence(nobody, 0)(groups)
  expect(found.flatMap(one => one.logRatios_G_T).every(x => x === null)).toBe(true)
})

test('a value before every token: the output of the critic at the token that predicts it', async () => {
  const critic = toyJudge(2, 1)
  const found = await values(critic)(groups)
  for (const [p, { rollouts }] of groups.entries())
    for (const [g, { promptIds, ids }] of rollouts.entries()) {
      const [logits] = await critic.classify([Int32Array.of(...promptIds, ...ids)])
      expect(found[p]!.values_G_T[g]).toEqual(logits!.slice(promptIds.length - 1, -1))
      expect(found[p]!.values_G_T[g]!.length).toBe(ids.length)
    }
  expect(() => values(toyJudge(2))).toThrow('a critic has 1 output; this model has 2')
})
