import { expect, test } from 'vitest'
import { fromPrefix, prefixOf } from '../../src/rollouts/from-prefix.ts'
import { independent } from '../../src/rollouts/independent.ts'
import { rolloutOfSteps, textRollout } from '../../src/rollouts/text-rollout.ts'
import { problems, tokenizer, toyPolicy, toySampler } from '../toy.ts'

const policy = toyPolicy(3)
const sampler = toySampler(policy)
const written = textRollout('q0', ['good', 'bad', 'good'], true, tokenizer)

test('a prefix is whole steps, with the tokens that they have', () => {
  expect(prefixOf(written, 0)).toEqual({
    promptIds: written.promptIds,
    ids: new Int32Array(0),
    steps: [],
  })
  const { ids, steps } = prefixOf(written, 2)
  expect([...ids]).toEqual([3, 2, 4, 2])
  expect(steps).toEqual(written.steps.slice(0, 2))
  expect(() => prefixOf(written, 4)).toThrow('4 steps of a rollout that has 3')
})

test('rollouts begin with their prefix, and only the rest was sampled', async () => {
  const prefix = prefixOf(written, 2)
  const [rollouts] = await fromPrefix(sampler, [{ prefix, n: 5, seed: 1 }])
  expect(rollouts).toHaveLength(5)
  for (const { ids, steps, spans, logprobs_T, text } of rollouts!) {
    expect([...ids.subarray(0, 4)]).toEqual([...prefix.ids])
    expect(steps.slice(0, 2)).toEqual(prefix.steps)
    expect(steps.at(-1)!.end).toBe(ids.length)
    steps.forEach((step, s) => {
      expect(step.start).toBe(s === 0 ? 0 : steps[s - 1]!.end)
    })
    expect(text.startsWith('good\n\nbad\n\n')).toBe(true)
    expect(spans).toEqual([
      { start: 0, end: 4, role: 'hint' },
      { start: 4, end: ids.length, role: 'policy' },
    ])
    expect(logprobs_T).toHaveLength(ids.length)
    const [scores] = await policy.score([Int32Array.of(...prefix.promptIds, ...ids)])
    logprobs_T.forEach((logprob, t) => {
      if (t < 4) expect(logprob).toBeNaN()
      else expect(logprob).toBeCloseTo(scores!.logprobs[t]!, 5)
    })
  }
})

test('the seed decides them, whatever else is asked for', async () => {
  const ask = (count: number, seed: number) => ({ prefix: prefixOf(written, count), n: 3, seed })
  const texts = async (...asks: ReturnType<typeof ask>[]) =>
    (await fromPrefix(sampler, asks)).map(list => list.map(({ text }) => text))
  const [alone] = await texts(ask(1, 7))
  expect((await texts(ask(2, 1), ask(1, 7), ask(0, 3)))[1]).toEqual(alone)
  expect((await texts(ask(1, 8)))[0]).not.toEqual(alone)
})

test('without a step it is a rollout from the prompt', async () => {
  const [group] = await independent(sampler, 2)([problems[0]!], 4)
  const { promptIds } = group!.rollouts[0]!
  const prefix = { promptIds, ids: new Int32Array(0), steps: [] }
  const [found] = await fromPrefix(sampler, [{ prefix, n: 2, seed: 9 }])
  expect(found!.every(({ spans }) => spans.length === 1 && spans[0]!.role === 'policy')).toBe(true)
  const [same] = await policy.sample([{ ids: promptIds, n: 2, seed: 9 }], {
    maxTokens: sampler.maxTokens,
    stopIds: sampler.stopIds,
  })
  expect(found!.map(({ ids }) => ids)).toEqual(same!.map(({ ids }) => ids))
})

test('steps of a text that hold blank lines stay what they are', async () => {
  const odd = rolloutOfSteps('q0', ['good\n\nbad', 'good'], true, tokenizer)!
  const prefix = prefixOf(odd, 1)
  const [rollouts] = await fromPrefix(sampler, [{ prefix, n: 4, seed: 2 }])
  for (const { steps } of rollouts!) {
    expect(steps[0]).toEqual(odd.steps[0])
    expect(steps[1]!.start).toBe(prefix.ids.length)
  }
})
