// Rollouts in an environment, on a model whose vocabulary is that of the toy: the policy is asked to write `good`, `bad`, and
// an environment waits behind one of them.

import { describe, expect, test } from 'vitest'
import type { SampleOptions, SampleRequest } from '../../src/engine/engine.ts'
import { written } from '../../src/groups/written.ts'
import type { Environment, Talk } from '../../src/rollouts/environment.ts'
import { extend, unbegun } from '../../src/rollouts/extend.ts'
import { independent } from '../../src/rollouts/independent.ts'
import { problems, spied, tokenizer, toyPolicy, toySampler } from '../toy.ts'

const policy = toyPolicy(3)

/** Waits behind `good`, to which it says `bad`. */
function environmentOf(talk: Partial<Talk> = {}, rest: Partial<Environment> = {}): Environment {
  const open = () => ({ reply: (text: string) => (text.endsWith('good') ? 'bad' : null), ...talk })
  return { name: 'echo', stops: ['good'], open, ...rest }
}

async function rolloutsOf(environment: Environment, n = 8, seed = 1) {
  const groups = await independent({ ...toySampler(policy), environment }, n)(problems, seed)
  return groups.flatMap(({ rollouts }) => rollouts)
}

test('an environment that nobody talks to changes nothing', async () => {
  const silent = environmentOf({}, { stops: ['good bad good'] })
  const plain = await independent(toySampler(policy), 8)(problems, 1)
  const rollouts = await rolloutsOf(silent)
  const none = { replies: 0, parts: {}, failed: null }
  expect(rollouts).toEqual(
    plain.flatMap(group =>
      group.rollouts.map(one => ({ ...one, talk: { said: one.text, ...none } })),
    ),
  )
})

test('what an environment writes stands behind the stop, is nobody’s sample, and is not learned', async () => {
  const rollouts = await rolloutsOf(environmentOf())
  const answered = rollouts.filter(({ talk }) => talk!.replies > 0)
  expect(answered.length).toBeGreaterThan(5)
  for (const one of rollouts) {
    const pieces = tokenizer.pieces(one.ids)
    const written_T = written(one)
    expect(one.text).toBe(pieces.join(''))
    expect(one.talk!.said).toBe(pieces.filter((_, t) => written_T[t] === 1).join(''))
    expect(one.spans.map(({ start }) => start)).toEqual([
      0,
      ...one.spans.slice(0, -1).map(s => s.end),
    ])
    expect(one.spans.at(-1)!.end).toBe(one.ids.length)
    expect(one.ids.length).toBeLessThanOrEqual(12)
    expect(one.steps.map(({ start }) => start)).toEqual([
      0,
      ...one.steps.slice(0, -1).map(s => s.end),
    ])
    const [scores] = await policy.score([Int32Array.of(...one.promptIds, ...one.ids)])
    pieces.forEach((piece, t) => {
      const after = pieces[t - 1] === 'good' && written_T[t - 1] === 1
      expect(written_T[t]).toBe(after ? 0 : 1)
      if (after)
        expect([piece, one.logprobs_T[t], one.sampledLogprobs_T[t]]).toEqual(['bad', NaN, NaN])
      else expect(one.logprobs_T[t]).toBeCloseTo(scores!.logprobs[t]!, 5)
    })
    if (one.stop === 'stop') expect(one.ids.at(-1)).toBe(tokenizer.eosId)
    else expect(one.ids).toHaveLength(12)
  }
})

test('all that wait are asked, and go on, side by side', async () => {
  const { engine, calls } = spied(policy)
  let [open, most] = [0, 0]
  const environment = environmentOf({
    reply: async text => {
      most = Math.max(most, ++open)
      await new Promise(resolve => setTimeout(resolve, 5))
      open--
      return text.endsWith('good') ? 'bad' : null
    },
  })
  await independent({ ...toySampler(engine), environment }, 8)(problems, 1)
  const sizes = calls
    .filter(({ verb }) => verb === 'sample')
    .map(({ args }) => args as [SampleRequest[], SampleOptions])
  expect(sizes[0]![0].map(({ n }) => n)).toEqual([8, 8, 8, 8])
  expect(sizes[1]![0].length).toBeGreaterThan(8)
  expect(sizes.length).toBeLessThanOrEqual(12)
  expect(most).toBeGreaterThan(16)
})

test('the seed decides the rollouts, and is given to the environment', async () => {
  const seeds: number[] = []
  const environment: Environment = {
    ...environmentOf(),
    open: (_, seed) => {
      seeds.push(seed)
      return { reply: text => (text.endsWith('good') ? ['bad', 'q1'][seed % 2]! : null) }
    },
  }
  const first = await rolloutsOf(environment)
  expect(new Set(seeds).size).toBe(32)
  expect(await rolloutsOf(environment)).toEqual(first)
  expect(await rolloutsOf(environment, 8, 2)).not.toEqual(first)
})

test('without stops it is asked behind each end token, and the rollout goes on behind that', async () => {
  const heard: string[] = []
  const environment = environmentOf(
    { reply: text => (heard.push(text) % 3 === 0 ? null : 'q2') },
    { stops: [] },
  )
  const rollouts = await rolloutsOf(environment)
  const twice = rollouts.filter(({ ids }) => ids.indexOf(1) < ids.lastIndexOf(1))
  expect(twice.length).toBeGreaterThan(0)
  for (const { ids, text } of twice) {
    expect(ids[ids.indexOf(1) + 1]).toBe(tokenizer.encode('q2')[0])
    expect(text).not.toContain('<end>')
  }
})

test('a score is an outcome and parts, of what was cut off too; what is opened is closed', async () => {
  let [opened, closed, scored] = [0, 0, 0]
  const environment: Environment = {
    ...environmentOf(),
    open: async () => {
      opened++
      const score = () => ({ outcome: 0.25, parts: { looks: ++scored } })
      return { reply: () => '', score, close: () => void closed++ }
    },
  }
  const rollouts = await rolloutsOf(environment)
  expect([opened, closed, scored]).toEqual([32, 32, 32])
  expect(rollouts.map(({ talk }) => talk!.outcome)).toEqual(Array(32).fill(0.25))
  expect(new Set(rollouts.map(({ talk }) => talk!.parts.looks)).size).toBe(32)
  expect(rollouts.some(({ stop }) => stop === 'length')).toBe(true)
})

describe('an environment that fails marks its rollout alone', () => {
  const never = () => new Promise<never>(() => {})
  const cases: [string, Partial<Talk> | 'open', RegExp][] = [
    ['hangs', { reply: never }, /echo: reply: nothing came within 0.02 s/],
    ['dies', { reply: () => Promise.reject(new Error('gone')) }, /echo: reply: gone/],
    [
      'throws what is no error',
      {
        reply: () => {
          throw 'no'
        },
      },
      /echo: reply: threw no/,
    ],
    [
      'answers what is no text',
      { reply: () => 7 as never },
      /reply: gave 7, expected a text or null/,
    ],
    ['answers nothing', { reply: () => undefined as never }, /gave undefined/],
    ['cannot be spelled', { reply: () => 'xyz' }, /cannot spell xyz/],
    [
      'writes too much',
      { reply: () => 'bad'.repeat(13) },
      /gave 13 tokens, a rollout has at most 12/,
    ],
    ['writes far too much', { reply: () => 'bad'.repeat(30_000) }, /gave 90000 characters/],
    [
      'scores what is no number',
      { score: () => ({ outcome: '1' as never }) },
      /score: gave 1, expected finite/,
    ],
    ['scores NaN', { score: () => ({ parts: { x: NaN } }) }, /score: gave NaN/],
    ['never says a score', { score: never }, /score: nothing came/],
    ['cannot be opened', 'open', /open: no room/],
  ]
  test.each(cases)('%s', async (_, talk, message) => {
    let asked = 0
    const good = environmentOf()
    const environment: Environment = {
      ...good,
      timeoutMs: 20,
      open: (...args) => {
        if (asked++ % 2 === 0) return good.open(...args)
        if (talk === 'open') throw new Error('no room')
        return { reply: text => (text.endsWith('good') ? 'bad' : null), ...talk }
      },
    }
    const rollouts = await rolloutsOf(environment)
    const failed = rollouts.flatMap(one => one.talk!.failed ?? [])
    expect(failed.length).toBeGreaterThan(0)
    for (const why of failed) expect(why).toMatch(message)
    const good_G = rollouts.filter((_, i) => i % 2 === 0)
    expect(good_G).toEqual((await rolloutsOf(good)).filter((_, i) => i % 2 === 0))
  })

  test('one that will not be let go of changes nothing', async () => {
    const talk = { close: () => Promise.reject(new Error('no')) }
    expect(await rolloutsOf(environmentOf(talk))).toEqual(await rolloutsOf(environmentOf()))
  })
})

test('an abort ends the rollouts, and environments that hang', async () => {
  const environment = environmentOf({ reply: () => new Promise<never>(() => {}) })
  const abort = new AbortController()
  const found = independent({ ...toySampler(policy), environment }, 8)(problems, 1, abort.signal)
  setTimeout(() => abort.abort(new Error('enough')), 10)
  await expect(found).rejects.toThrow('enough')
})

test('what goes on from the middle of a rollout is refused', async () => {
  const sampler = { ...toySampler(policy), environment: environmentOf() }
  const asked = [{ from: unbegun(tokenizer.encode('q0')), n: 1, seed: 1, until: 'end' as const }]
  await expect(extend(sampler, asked)).rejects.toThrow(
    /extend goes on from the middle of rollouts, where the environment echo/,
  )
})
