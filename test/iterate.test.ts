import { describe, expect, test } from 'vitest'
import type { FakeEngine } from '../src/engine/fake.ts'
import { type Iteration, iterate, type Learner } from '../src/iterate.ts'
import type { Loss, LossInput, Method, Select } from '../src/method.ts'
import { mean } from '../src/numbers/numeric.ts'
import { type Needs, once, resolve } from '../src/recipe.ts'
import { recipes } from '../src/recipes/index.ts'
import { all } from '../src/rewards/select.ts'
import type { Rollout } from '../src/types.ts'
import { reinforce } from '../src/update/reinforce.ts'
import { type Call, problems, spied, tokenizer, toyNeeds, toyPolicy } from './toy.ts'

const seeds = { policy: 3, judge: 4, rollouts: 5 }
const plain = { groupSize: '6', whiten: 'false', maskClosing: 'false', klCoef: '0' }

function build(name: string, needs: Needs, overrides: Record<string, string> = plain): Method {
  const recipe = recipes.find(one => one.name === name)!
  const known = Object.entries(overrides).filter(([option]) => option in recipe.options)
  return recipe.build(resolve(recipe, Object.fromEntries(known)), needs, once)
}

function learner(
  policy: Learner['policy'],
  reference: Learner['reference'] = null,
  learningRate = 0.05,
): Learner {
  return { policy, reference, learningRate }
}

/** A loss of weight 1 whose slope is -1 at the chosen tokens, so that their log-probability is raised. */
function raising(chosen: (rollout: number, t: number) => boolean): Loss {
  return {
    needsReference: false,
    of: batch => ({
      loss: 0,
      dlogprobs_G_T: batch.map(({ logprobs_T }, g) =>
        logprobs_T.map((_, t) => (chosen(g, t) ? -1 : 0)),
      ),
      metrics: {},
    }),
  }
}

const answersRight = ({ rewards_P }: Iteration): number =>
  mean(rewards_P.flatMap(({ outcome_G }) => outcome_G.map(Number)))
const stepsRight = ({ rewards_P }: Iteration): number =>
  mean(rewards_P.flatMap(({ steps_G_S }) => steps_G_S!.map(s => Number(Math.min(...s!) > 0))))

test.each([
  { name: 'pure-vr', share: 'right answers', of: answersRight, first: 0.4 },
  { name: 'rloo', share: 'right answers', of: answersRight, first: 0.4 },
  { name: 'grpo', share: 'right answers', of: answersRight, first: 0.4 },
  { name: 'dr-grpo', share: 'right answers', of: answersRight, first: 0.4 },
  { name: 'dapo', share: 'right answers', of: answersRight, first: 0.4 },
  { name: 'reinforce-plus-plus', share: 'right answers', of: answersRight, first: 0.4 },
  { name: 'ppo', share: 'right answers', of: answersRight, first: 0.4 },
  { name: 'pure-prm', share: 'rollouts without a wrong step', of: stepsRight, first: 0.9 },
])('$name: the share of $share rises to nearly all', async ({ name, of, first }) => {
  const policy = toyPolicy(seeds.policy)
  const options = {
    ...{ groupSize: '32', klCoef: '0', maskClosing: 'false' }, // to end is learned too
    ...{ lambda: '1', criticRate: '0.05' }, // the critic of a toy starts far off
  }
  const method = build(name, toyNeeds(policy), options)
  const shares: number[] = []
  for (let iteration = 0; iteration < 80; iteration++)
    shares.push(of(await iterate(method, problems, learner(policy, null, 0.2), iteration)))
  expect(mean(shares.slice(0, 10))).toBeLessThan(first)
  expect(mean(shares.slice(-10))).toBeGreaterThan(0.95)
})

describe('what is not finite', () => {
  /** Fails unless an iteration of a changed method says why it was dropped and leaves the policy as it was. */
  async function drops(change: (method: Method) => Method, why: string): Promise<Iteration> {
    const policy = toyPolicy(seeds.policy)
    await policy.accumulate([{ ids: Int32Array.of(5, 3), weights: Float32Array.of(1) }])
    await policy.step({ learningRate: 0.1 }) // so that the optimizer has a state to lose
    const twin = await copyAfterStep(policy)
    const method = change(build('pure-prm-vr', toyNeeds(policy)))
    const done = await iterate(method, problems, learner(policy), seeds.rollouts)
    expect(done.dropped).toBe(why)
    expect(policy.version).toBe(1)
    expect(policy.table.values).toEqual(twin.table.values)
    // Neither a gradient nor a moment was left behind: both take the same next step.
    for (const engine of [policy, twin]) {
      await engine.accumulate([{ ids: Int32Array.of(6, 4), weights: Float32Array.of(1) }])
      await engine.step({ learningRate: 0.1 })
    }
    expect(policy.table.values).toEqual(twin.table.values)
    return done
  }

  async function copyAfterStep(policy: FakeEngine): Promise<FakeEngine> {
    const twin = toyPolicy(seeds.policy)
    await twin.accumulate([{ ids: Int32Array.of(5, 3), weights: Float32Array.of(1) }])
    await twin.step({ learningRate: 0.1 })
    expect(twin.table.values).toEqual(policy.table.values)
    return twin
  }

  const slope = (loss: number, d: number): Loss => ({
    needsReference: false,
    of: batch => ({
      loss,
      dlogprobs_G_T: batch.map(({ logprobs_T }) => logprobs_T.map(() => d)),
      metrics: {},
    }),
  })

  test('a process reward', async () => {
    const rewards: Method['rewards'] = async groups =>
      groups.map(({ rollouts }, p) => ({
        outcome_G: rollouts.map(() => 1),
        steps_G_S: rollouts.map(({ steps }, g) =>
          Float32Array.from(steps, () => (p === 2 && g === 1 ? Number.NaN : 0.5)),
        ),
      }))
    const done = await drops(method => ({ ...method, rewards }), 'an advantage is not finite')
    expect(done.groups_P).toHaveLength(4) // what was computed is there to be looked at
    expect(done.metrics).toHaveProperty('update/loss')
  })

  test('an outcome', async () => {
    const rewards: Method['rewards'] = async groups =>
      groups.map(({ rollouts }) => ({
        outcome_G: rollouts.map(() => Number.POSITIVE_INFINITY),
        steps_G_S: rollouts.map(({ steps }) => new Float32Array(steps.length)),
      }))
    await drops(method => ({ ...method, rewards }), 'an advantage is not finite')
  })

  test('one advantage of one token', async () => {
    const spoiled = (method: Method): Method => ({
      ...method,
      loss: reinforce(),
      advantages: batch => {
        const found = method.advantages(batch)
        found.advantages_P_G_T[1]![2]![0] = Number.NaN
        return found
      },
    })
    await drops(spoiled, 'an advantage is not finite')
  })

  test('a loss, a slope of it, and the gradient', async () => {
    await drops(method => ({ ...method, loss: slope(Number.NaN, 0) }), 'the loss is NaN')
    await drops(method => ({ ...method, loss: slope(-Infinity, 0) }), 'the loss is -Infinity')
    const notFinite = 'a slope of the loss is not finite'
    await drops(method => ({ ...method, loss: slope(0, Number.NaN) }), notFinite)
    // Each slope is finite, but their sum is past what float32 holds.
    await drops(method => ({ ...method, loss: slope(0, 3e38) }), 'gradient norm is Infinity')
  })
})

describe('who is asked for log-probabilities', () => {
  async function asked(rolloutVersion: 'now' | 'before', klCoef: string) {
    const policy = toyPolicy(seeds.policy)
    const reference = toyPolicy(1)
    const method = build('pure-vr', toyNeeds(policy), { ...plain, klCoef })
    const groups = await method.rollouts(problems, seeds.rollouts)
    if (rolloutVersion === 'before') {
      await policy.accumulate([{ ids: Int32Array.of(5, 3), weights: Float32Array.of(1) }])
      await policy.step({ learningRate: 0.1 })
    }
    const seen: LossInput[] = []
    const watched: Method = {
      ...method,
      rollouts: async () => groups,
      loss: {
        ...method.loss,
        of: batch => {
          seen.push(...batch)
          return method.loss.of(batch)
        },
      },
    }
    const [spy, other] = [spied(policy), spied(reference)]
    const old = policy.table.values.slice()
    await iterate(watched, problems, learner(spy.engine, other.engine), 0)
    policy.table.values.set(old)
    const rollouts = groups.flatMap(group => group.rollouts)
    const scores = (calls: readonly Call[]) => calls.filter(({ verb }) => verb === 'score').length
    const [policyScores, referenceScores] = [scores(spy.calls), scores(other.calls)]
    return { policy, reference, seen, rollouts, policyScores, referenceScores }
  }

  /** Log-probabilities of a rollout's tokens, one sequence at a time. */
  async function logprobs(engine: FakeEngine, { promptIds, ids }: Rollout): Promise<Float32Array> {
    const [scores] = await engine.score([Int32Array.of(...promptIds, ...ids)])
    return scores!.logprobs.slice(-ids.length)
  }

  test('nobody, where the policy has just sampled and the loss needs no reference', async () => {
    const { seen, rollouts, policyScores, referenceScores } = await asked('now', '0')
    expect([policyScores, referenceScores]).toEqual([0, 0])
    for (const [g, { logprobs_T, sampled_T, reference_T }] of seen.entries()) {
      expect(logprobs_T).toEqual(rollouts[g]!.logprobs_T)
      expect(sampled_T).toEqual(rollouts[g]!.logprobs_T)
      expect(reference_T).toBeNull()
    }
  })

  test('the policy again, where it has learned since it sampled', async () => {
    const { policy, seen, rollouts, policyScores, referenceScores } = await asked('before', '0')
    expect([policyScores, referenceScores]).toEqual([1, 0])
    for (const [g, { logprobs_T, sampled_T }] of seen.entries()) {
      expect(logprobs_T).toEqual(await logprobs(policy, rollouts[g]!))
      expect(sampled_T).toEqual(rollouts[g]!.logprobs_T)
    }
    expect(seen.some(({ logprobs_T, sampled_T }) => logprobs_T[0] !== sampled_T[0])).toBe(true)
  })

  test('the reference, where the loss needs it', async () => {
    const { reference, seen, rollouts, policyScores, referenceScores } = await asked('now', '1e-3')
    expect([policyScores, referenceScores]).toEqual([0, 1])
    for (const [g, { reference_T }] of seen.entries())
      expect(reference_T).toEqual(await logprobs(reference, rollouts[g]!))
  })
})

test('only groups that are kept are credited and learned from', async () => {
  const policy = toyPolicy(seeds.policy)
  const { engine, calls } = spied(policy)
  const method = build('pure-vr', toyNeeds(policy))
  const select: Select = ({ groups_P }) =>
    groups_P.map(group => (['q1', 'q3'].includes(group.problem.id) ? all(group) : []))
  const done = await iterate({ ...method, select }, problems, learner(engine), seeds.rollouts)
  expect([done.groups_P.length, done.rewards_P.length]).toEqual([4, 4])
  const { groups, streams_P, advantages_P_G_T } = done.credited
  expect(groups).toEqual([1, 3])
  expect([streams_P.length, advantages_P_G_T.length]).toEqual([2, 2])
  const learned = calls.find(({ verb }) => verb === 'accumulate')!
  const prompts = (learned.args[0] as { ids: Int32Array }[]).map(({ ids }) => ids[0])
  expect(new Set(prompts)).toEqual(new Set([...tokenizer.encode('q1q3')]))

  const none: Select = ({ groups_P }) => groups_P.map(() => [])
  const nothing = await iterate({ ...method, select: none }, problems, learner(policy), 9)
  expect(nothing).toMatchObject({ dropped: 'no group carried a signal', credited: { groups: [] } })
  expect(policy.version).toBe(1)
})

describe('weights reach the right tokens', () => {
  test('minus the slope, at the entry that predicts the token; none in the prompt', async () => {
    const policy = toyPolicy(seeds.policy)
    const { engine, calls } = spied(policy)
    const loss: Loss = {
      needsReference: false,
      of: batch => ({
        loss: 0,
        dlogprobs_G_T: batch.map(({ logprobs_T }, g) => logprobs_T.map((_, t) => 100 * g + t + 1)),
        metrics: {},
      }),
    }
    const longer = problems.map(one => ({ ...one, prompt: `goodgood${one.prompt}` })) // 3 tokens
    const method = { ...build('pure-vr', toyNeeds(policy)), loss }
    const { groups_P } = await iterate(method, longer, learner(engine), seeds.rollouts)
    const [sequences] = calls.find(({ verb }) => verb === 'accumulate')!.args as [
      { ids: Int32Array; weights: Float32Array }[],
    ]
    const rollouts = groups_P.flatMap(group => group.rollouts)
    expect(sequences).toHaveLength(rollouts.length)
    for (const [g, { ids, weights }] of sequences.entries()) {
      expect([...ids]).toEqual([...rollouts[g]!.promptIds, ...rollouts[g]!.ids])
      const slopes = Array.from(rollouts[g]!.ids, (_, t) => -(100 * g + t + 1))
      expect([...weights]).toEqual([0, 0, ...slopes])
    }
  })

  test('a token that the loss raises becomes more likely after the token before it', async () => {
    const policy = toyPolicy(seeds.policy)
    const method = { ...build('pure-vr', toyNeeds(policy)), loss: raising((g, t) => g + t === 0) }
    const before = policy.table.values.slice()
    const { groups_P } = await iterate(method, problems, learner(policy), seeds.rollouts)
    const { promptIds, ids } = groups_P[0]!.rollouts[0]!
    const change = policy.table.values.map((x, i) => Math.sign(x - before[i]!))
    const row = Array.from({ length: tokenizer.vocabSize }, (_, v) => (v === ids[0] ? 1 : -1))
    const at = promptIds.at(-1)! * tokenizer.vocabSize
    expect([...change.slice(at, at + tokenizer.vocabSize)]).toEqual(row)
    expect(change.fill(0, at, at + tokenizer.vocabSize).every(x => x === 0)).toBe(true)
  })

  test('tokens that the policy did not write are marked', async () => {
    const policy = toyPolicy(seeds.policy)
    const method = build('pure-vr', toyNeeds(policy))
    const [group] = await method.rollouts(problems.slice(0, 1), seeds.rollouts)
    const rollouts = group!.rollouts
      .filter(({ ids }) => ids.length > 2)
      .map((rollout): Rollout => {
        const end = rollout.ids.length
        const spans = [
          { start: 0, end: 1, role: 'policy' },
          { start: 1, end: 2, role: 'tool' },
          { start: 2, end, role: 'policy' },
        ] as const
        return { ...rollout, spans }
      })
    const seen: Uint8Array[] = []
    const loss: Loss = {
      needsReference: false,
      of: batch => {
        seen.push(...batch.map(({ trained_T }) => trained_T))
        return reinforce().of(batch)
      },
    }
    const fixed: Method = { ...method, rollouts: async () => [{ ...group!, rollouts }], loss }
    await iterate(fixed, problems.slice(0, 1), learner(policy), 0)
    expect(seen.length).toBeGreaterThan(1)
    for (const trained_T of seen) expect([...trained_T.subarray(0, 3)]).toEqual([1, 0, 1])
  })
})
