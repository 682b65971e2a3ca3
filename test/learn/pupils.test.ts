import { expect, test } from 'vitest'
import { iterate } from '../../src/iterate.ts'
import type { Loss, LossInput, Method, Pupil } from '../../src/method.ts'
import { once, resolve } from '../../src/recipe.ts'
import pureVr from '../../src/recipes/pure-vr.ts'
import { logprobsOf } from '../../src/rewards/divergence.ts'
import { reinforce } from '../../src/update/reinforce.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'

const options = { groupSize: '6', klCoef: '0', whiten: 'false', maskClosing: 'false' }

/** A method beside whose policy another language model learns from the outcomes. */
function setting(loss: Loss) {
  const [policy, twin] = [toyPolicy(3), toyPolicy(8)]
  const method = pureVr.build(resolve(pureVr, options), toyNeeds(policy), once)
  const lesson = { of: 'tokens', stream: 'outcome', loss, reference: null } as const
  const pupil: Pupil = { name: 'twin', engine: twin, learningRate: 0.05, lesson }
  const learner = { policy, reference: null, learningRate: 0.05 }
  return { policy, twin, method: { ...method, also: [pupil] } satisfies Method, learner }
}

test('a language model learns from a stream, by its own log-probabilities', async () => {
  const seen: LossInput[] = []
  const plain = reinforce()
  const watching: Loss = {
    ...plain,
    of: batch => {
      seen.push(...batch)
      return plain.of(batch)
    },
  }
  const { twin, method, learner } = setting(watching)
  const before = toyPolicy(8)
  const { groups_P, credited, metrics } = await iterate(method, problems, learner, 5)
  const rollouts = groups_P.flatMap(group => group.rollouts)
  expect(seen.map(({ logprobs_T }) => logprobs_T)).toEqual(await logprobsOf(before, rollouts))
  const outcomes_G = credited.streams_P.flatMap(streams => streams.outcome!)
  expect(seen.map(({ advantages_T }) => advantages_T)).toEqual(outcomes_G)
  expect(twin.version).toBe(1)
  expect(metrics['twin/loss']).toBeTypeOf('number')
  expect(metrics['twin/grad_norm']).toBeGreaterThan(0)
  expect(metrics['update/loss']).not.toBe(metrics['twin/loss'])
})

test('what it learns raises what was right, whatever its version is', async () => {
  const { twin, method, learner } = setting(reinforce())
  const { groups_P, rewards_P } = await iterate(method, problems, learner, 5)
  const right = groups_P.flatMap(({ rollouts }, p) =>
    rollouts.filter((_, g) => rewards_P[p]!.outcome_G[g] === 1),
  )
  expect(right.length).toBeGreaterThan(0)
  const sum = async (engine: typeof twin) =>
    (await logprobsOf(engine, right)).flatMap(x_T => [...x_T]).reduce((a, b) => a + b, 0)
  expect(await sum(twin)).toBeGreaterThan(await sum(toyPolicy(8)))
})

test('it learns nothing from rollouts without a label', async () => {
  const { twin, method, learner } = setting(reinforce())
  const rewards: Method['rewards'] = async groups =>
    groups.map(({ rollouts }) => ({
      outcome_G: rollouts.map(() => null),
      logRatios_G_T: rollouts.map(() => null),
    }))
  await iterate({ ...method, rewards }, problems, learner, 5)
  expect(twin.version).toBe(0)
  expect(twin.table.values).toEqual(toyPolicy(8).table.values)
})
