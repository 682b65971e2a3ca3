// Several optimizer steps an iteration, terms of entropies, the trainer's own reading, and critics.
import { describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import type { FakeEngine } from '../../src/engine/fake.ts'
import { iterate } from '../../src/iterate.ts'
import type {
  Loss,
  LossInput,
  Method,
  Passes,
  Slope,
  ValueInput,
  ValueLesson,
} from '../../src/method.ts'
import { mean } from '../../src/numbers/numeric.ts'
import { once, resolve } from '../../src/recipe.ts'
import { recipes } from '../../src/recipes/index.ts'
import { valuesOf } from '../../src/rewards/values.ts'
import { clipped } from '../../src/update/clipped.ts'
import { entropy } from '../../src/update/entropy.ts'
import { reinforce } from '../../src/update/reinforce.ts'
import { sum } from '../../src/update/sum.ts'
import { truncated } from '../../src/update/truncated.ts'
import { lacking } from '../engine/lacking.ts'
import { problems, spied, tokenizer, toyJudge, toyNeeds, toyPolicy } from '../toy.ts'

function build(name: string, policy: Engine, overrides: Record<string, string> = {}): Method {
  const recipe = recipes.find(one => one.name === name)!
  return recipe.build(
    resolve(recipe, { groupSize: '6', klCoef: '0', ...overrides }),
    toyNeeds(policy),
    once,
  )
}

const learner = (policy: Engine, learningRate = 0.05) => ({ policy, reference: null, learningRate })

function scaled(slope: Slope, factor: number): Slope {
  const times = (slopes_T: Float32Array) => slopes_T.map(x => factor * x)
  return { ...slope, dlogprobs_G_T: slope.dlogprobs_G_T.map(times) }
}

/** The batches that a loss sees in one iteration. */
async function seen(change: (loss: Loss) => Loss, passes: Passes, policy = toyPolicy(3)) {
  const batches: (readonly LossInput[])[] = []
  const method = build('pure-vr', policy)
  const loss = change(method.loss)
  const watched: Loss = {
    ...loss,
    of: batch => {
      batches.push(batch)
      return loss.of(batch)
    },
  }
  const { engine, calls } = spied(policy)
  const done = await iterate({ ...method, loss: watched, passes }, problems, learner(engine), 5)
  const verbs = calls.map(({ verb }) => verb).filter(verb => verb !== 'sample')
  return { batches, done, verbs, policy }
}

test('a loss that asks for means over the vocabulary sees those of now and of the start', async () => {
  const change = (loss: Loss): Loss => ({ ...loss, needsMeans: true })
  const { batches, policy } = await seen(change, { epochs: 1, minibatches: 2 })
  expect(batches).toHaveLength(2)
  const start = toyPolicy(3)
  for (const { means_T, proximalMeans_T, logprobs_T, proximal_T } of batches[0]!)
    expect([means_T, logprobs_T]).toEqual([proximalMeans_T, proximal_T])
  const [later, before] = [
    batches[1]!.map(one => one.means_T!),
    batches[1]!.map(one => one.proximalMeans_T!),
  ]
  expect(later.map(({ length }) => length)).toEqual(batches[1]!.map(one => one.logprobs_T.length))
  expect(later).not.toEqual(before)
  expect(policy.table.values).not.toEqual(start.table.values)
  const { batches: plain } = await seen(loss => loss, { epochs: 1, minibatches: 2 })
  expect(plain[0]![0]).not.toHaveProperty('means_T')
})

describe('an engine without entropies and clipping', () => {
  const poor = () => lacking(toyPolicy(3), { entropies: false, clipNorm: false })

  test('learns the same while no gradient is clipped; its entropy is no metric', async () => {
    const learned = async (policy: FakeEngine) => {
      const { loss, ...rest } = build('pure-vr', policy)
      const small: Loss = { ...loss, of: batch => scaled(loss.of(batch), 1e-3) }
      const done = await iterate({ ...rest, loss: small }, problems, learner(policy), 5)
      return { metrics: done.metrics, values: policy.table.values }
    }
    const [rich, bare] = [await learned(toyPolicy(3)), await learned(poor())]
    expect(rich.metrics['update/grad_norm']).toBeLessThan(1)
    const { 'update/entropy': entropy, ...others } = rich.metrics
    expect(entropy).toBeGreaterThan(0)
    expect(bare.metrics).toEqual(others)
    expect(bare.values).toEqual(rich.values)
  })

  test('a loss with a slope for entropies is refused, and moves nothing', async () => {
    const policy = poor()
    const before = policy.table.values.slice()
    const { loss, ...rest } = build('pure-vr', policy)
    const method = { ...rest, loss: sum(loss, entropy({ coefficient: 0.1 })) }
    await expect(iterate(method, problems, learner(policy), 5)).rejects.toThrow(
      'the loss has a slope for entropies',
    )
    expect(policy.table.values).toEqual(before)
  })
})

describe('several passes', () => {
  test('a step for each minibatch of each epoch, every rollout once an epoch', async () => {
    const { batches, done, policy } = await seen(loss => loss, { epochs: 2, minibatches: 3 })
    expect(batches.map(({ length }) => length)).toEqual([8, 8, 8, 8, 8, 8])
    expect(policy.version).toBe(6)
    expect(done.dropped).toBeNull()
    expect(done.metrics['update/skipped']).toBe(0)
    const rows = (from: number) =>
      batches.slice(from, from + 3).flatMap(batch => batch.map(({ sampled_T }) => sampled_T))
    expect(new Set(rows(0)).size).toBe(24)
    expect(new Set(rows(3))).toEqual(new Set(rows(0)))
  })

  test('only the first step knows the log-probabilities; later ones read the policy again', async () => {
    const { batches, verbs, policy } = await seen(loss => loss, { epochs: 2, minibatches: 1 })
    expect(verbs).toEqual(['accumulate', 'step', 'score', 'accumulate', 'step'])
    for (const { logprobs_T, sampled_T } of batches[0]!) expect(logprobs_T).toEqual(sampled_T)
    expect(batches[1]!.some(one => one.logprobs_T.some((x, t) => x !== one.sampled_T[t]))).toBe(
      true,
    )
    expect(policy.version).toBe(2)
  })

  test('one pass is what it is without saying so', async () => {
    const run = async (passes?: Passes) => {
      const policy = toyPolicy(3)
      const method = build('pure-vr', policy)
      const done = await iterate(
        { ...method, ...(passes && { passes }) },
        problems,
        learner(policy),
        5,
      )
      return { values: policy.table.values, metrics: done.metrics }
    }
    expect(await run({ epochs: 1, minibatches: 1 })).toEqual(await run())
  })

  test('a minibatch that is not finite is skipped and counted; the others are learned from', async () => {
    let calls = 0
    const once = (loss: Loss): Loss => ({
      ...loss,
      of: batch => ({ ...loss.of(batch), ...(calls++ === 1 ? { loss: Number.NaN } : {}) }),
    })
    const { done, policy } = await seen(once, { epochs: 1, minibatches: 4 })
    expect(done.dropped).toBeNull()
    expect(done.metrics['update/skipped']).toBe(1)
    expect(policy.version).toBe(3)
    const never = (loss: Loss): Loss => ({
      ...loss,
      of: b => ({ ...loss.of(b), loss: Number.NaN }),
    })
    const none = await seen(never, { epochs: 1, minibatches: 4 })
    expect(none.done.dropped).toBe('the loss is NaN')
    expect(none.policy.version).toBe(0)
  })
})

test('an entropy bonus keeps entropy up, and its term is in the loss', async () => {
  const run = async (coefficient: number) => {
    const policy = toyPolicy(3)
    const method = build('pure-vr', policy)
    const loss = sum(method.loss, entropy({ coefficient }))
    const metrics: Readonly<Record<string, number>>[] = []
    for (let i = 0; i < 30; i++)
      metrics.push((await iterate({ ...method, loss }, problems, learner(policy), i)).metrics)
    return metrics
  }
  const [without, bonus] = [await run(0), await run(0.5)]
  expect(bonus.at(-1)!['update/entropy']).toBeGreaterThan(without.at(-1)!['update/entropy']! + 0.1)
  const [first, plain] = [bonus[0]!, without[0]!]
  const term = -0.5 * first['update/entropy']! // every token is read for it
  expect(first['update/loss']! - plain['update/loss']!).toBeCloseTo(term, 4)
})

test("importance is corrected by the trainer's own reading at the start of the iteration", async () => {
  const { batches, verbs } = await seen(() => truncated(clipped()), { epochs: 2, minibatches: 1 })
  expect(verbs).toEqual(['score', 'accumulate', 'step', 'score', 'accumulate', 'step'])
  for (const { logprobs_T, proximal_T } of batches[0]!) expect(logprobs_T).toBe(proximal_T)
  expect(batches[1]!.map(one => one.proximal_T)).toEqual(batches[0]!.map(one => one.proximal_T))
  const { batches: free, verbs: few } = await seen(() => reinforce(), { epochs: 1, minibatches: 1 })
  expect(few).toEqual(['accumulate', 'step'])
  expect(free[0]!.every(({ proximal_T }) => proximal_T === null)).toBe(true)
})

describe('a critic', () => {
  function ppo(policy: FakeEngine, critic: FakeEngine, overrides: Record<string, string> = {}) {
    const recipe = recipes.find(({ name }) => name === 'ppo')!
    const options = resolve(recipe, {
      groupSize: '16',
      klCoef: '0',
      criticRate: '0.05',
      ...overrides,
    })
    return recipe.build(options, { ...toyNeeds(policy), model: () => critic }, once)
  }

  test('learns what to expect, and explains more and more of the returns', async () => {
    const [policy, critic] = [toyPolicy(3), toyJudge(2, 1)]
    const method = ppo(policy, critic, { clip: '10', lambda: '1' })
    const rewards: Method['rewards'] = async groups =>
      (await method.rewards(groups)).map((found, p) => ({
        ...found,
        outcome_G: found.outcome_G.map(() => Number(p < 2)), // decided by the question
      }))
    const explained: number[] = []
    for (let i = 0; i < 60; i++) {
      const found = await iterate({ ...method, rewards }, problems, learner(policy, 0), i)
      expect(found.dropped).toBeNull()
      explained.push(found.metrics['critic/explained_variance']!)
    }
    expect(critic.version).toBe(60)
    expect(mean(explained.slice(-10))).toBeGreaterThan(mean(explained.slice(0, 10)) + 0.1)
    const asked = problems.map(({ prompt }) => tokenizer.encode(prompt))
    const expected = (await critic.classify(asked)).map(logits => logits.at(-1)!)
    for (const [p, value] of expected.entries())
      expect(Math.abs(value - Number(p < 2))).toBeLessThan(0.4)
  })

  test('sees its values of the start, then its own again, on the minibatches of the policy', async () => {
    const [policy, critic] = [toyPolicy(3), toyJudge(2, 1)]
    const method = ppo(policy, critic, { epochs: '2', minibatches: '2' })
    const batches: (readonly ValueInput[])[] = []
    const [own] = method.also!
    const lesson = own!.lesson as ValueLesson
    const { loss } = lesson
    const also = [
      {
        ...own!,
        lesson: {
          ...lesson,
          loss: {
            of: (batch: readonly ValueInput[]) => {
              batches.push(batch)
              return loss.of(batch)
            },
          },
        },
      },
    ]
    const before = toyJudge(2, 1)
    const done = await iterate({ ...method, also }, problems, learner(policy), 5)
    expect([policy.version, critic.version]).toEqual([4, 4])
    expect(batches.map(({ length }) => length)).toEqual([32, 32, 32, 32])
    const all = await valuesOf(
      before,
      done.groups_P.flatMap(({ rollouts }) => rollouts),
    )
    const known = new Set(all.map(String))
    for (const { before_T } of batches.flat()) expect(known.has(String(before_T))).toBe(true)
    for (const { values_T, before_T } of batches[0]!) expect(values_T).toBe(before_T)
    expect(
      batches[1]!.some(({ values_T, before_T }) => String(values_T) !== String(before_T)),
    ).toBe(true)
  })

  test('does not learn where the policy does not, nor from what is not finite', async () => {
    const [policy, critic] = [toyPolicy(3), toyJudge(2, 1)]
    const method = ppo(policy, critic)
    const before = critic.table.values.slice()
    const grade = async (groups: Parameters<Method['rewards']>[0]) =>
      (await method.rewards(groups)).map(r => ({
        ...r,
        outcome_G: r.outcome_G.map(() => Number.NaN),
      }))
    const dropped = await iterate({ ...method, rewards: grade }, problems, learner(policy), 5)
    expect(dropped.dropped).toBe('an advantage is not finite')
    const open = async (groups: Parameters<Method['rewards']>[0]) =>
      (await method.rewards(groups)).map(r => ({ ...r, outcome_G: r.outcome_G.map(() => null) }))
    const unlabelled = await iterate({ ...method, rewards: open }, problems, learner(policy), 5)
    expect(unlabelled.dropped).toBeNull()
    expect(critic.version).toBe(0)
    expect(critic.table.values).toEqual(before)
    const [own] = method.also!
    const lesson = own!.lesson as ValueLesson
    const broken = {
      ...own!,
      lesson: {
        ...lesson,
        loss: { of: (b: readonly ValueInput[]) => ({ ...lesson.loss.of(b), loss: Number.NaN }) },
      },
    }
    await iterate({ ...method, also: [broken] }, problems, learner(policy), 5)
    expect(critic.version).toBe(0)
  })
})
