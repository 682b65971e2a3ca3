import { describe, expect, test } from 'vitest'
import type { SampleOptions, SampleRequest } from '../../src/engine/engine.ts'
import { independent, toRollout } from '../../src/rollouts/independent.ts'
import { problems, spied, tokenizer, toyPolicy, toySampler } from '../toy.ts'

const policy = toyPolicy(3)
const sample = independent(toySampler(policy), 4)

test('a group for each problem, in order, n rollouts each', async () => {
  const groups = await sample(problems, 1)
  expect(groups.map(({ problem }) => problem)).toEqual(problems)
  for (const { problem, rollouts } of groups) {
    expect(rollouts).toHaveLength(4)
    for (const { promptIds, branch, weightVersion } of rollouts) {
      expect(promptIds).toEqual(tokenizer.encode(problem.prompt))
      expect([branch, weightVersion]).toEqual([null, 0])
    }
  }
})

test('the seed decides them, and the place of the problem', async () => {
  const texts = async (seed: number, of = problems): Promise<string[][]> =>
    (await sample(of, seed)).map(({ rollouts }) => rollouts.map(({ text }) => text))
  expect(await texts(1)).toEqual(await texts(1))
  expect(await texts(1)).not.toEqual(await texts(2))
  expect((await texts(1, problems.slice(0, 2)))[1]).toEqual((await texts(1))[1])
  const [first, second] = await texts(1, [problems[0]!, problems[0]!])
  expect(first).not.toEqual(second) // one problem twice is sampled twice
  expect(new Set(first).size).toBeGreaterThan(1)
})

test('log-probabilities are the model’s; those of the sampling are apart from them', async () => {
  const warm = independent({ ...toySampler(policy), temperature: 0.5 }, 3)
  for (const { rollouts } of await warm(problems, 1))
    for (const { promptIds, ids, logprobs_T, sampledLogprobs_T } of rollouts) {
      const [scores] = await policy.score([Int32Array.of(...promptIds, ...ids)])
      for (const [t, logprob] of scores!.logprobs.entries())
        expect(logprobs_T[t]).toBeCloseTo(logprob, 5)
      expect(sampledLogprobs_T).not.toEqual(logprobs_T)
    }
})

test('what the engine is asked for', async () => {
  const { engine, calls } = spied(policy)
  const { signal } = new AbortController()
  await independent({ ...toySampler(engine), greedy: true }, 1)(problems.slice(0, 2), 7, signal)
  expect(calls.map(({ verb }) => verb)).toEqual(['sample']) // all problems in one call
  const [requests, options] = calls[0]!.args as [SampleRequest[], SampleOptions]
  expect(requests.map(({ ids, n }) => [...ids, n])).toEqual([
    [5, 1],
    [6, 1],
  ])
  expect(options).toMatchObject({
    maxTokens: 12,
    temperature: 1,
    greedy: true,
    stopIds: [1],
    signal,
  })
})

test('the weights that sampled are named', async () => {
  const learned = toyPolicy(3)
  await learned.accumulate([{ ids: Int32Array.of(5, 3), weights: Float32Array.of(1) }])
  await learned.step({ learningRate: 0.1 })
  const [group] = await independent(toySampler(learned), 1)(problems, 1)
  expect(group!.rollouts[0]!.weightVersion).toBe(1)
})

test('stops when it is told to', async () => {
  const controller = new AbortController()
  controller.abort()
  await expect(sample(problems, 1, controller.signal)).rejects.toThrow(/abort/i)
})

describe('a completion as a rollout', () => {
  const complete = (text: string, stop: 'stop' | 'length') => {
    const ids = Int32Array.of(...tokenizer.encode(text), ...(stop === 'stop' ? [1] : []))
    const zeros = new Float32Array(ids.length)
    const completion = {
      ids,
      logprobs_T: zeros,
      sampledLogprobs_T: zeros,
      stop,
      stopString: null,
      version: 2,
    }
    return toRollout(completion, Int32Array.of(5), tokenizer)
  }

  test('ended', () => {
    const { text, steps, spans, weightVersion } = complete('good\n\ngood\\boxed{0}', 'stop')
    expect(text).toBe('good\n\ngood\\boxed{0}')
    expect(weightVersion).toBe(2)
    expect(steps).toEqual([
      { start: 0, end: 2, text: 'good', state: 'complete' },
      { start: 2, end: 5, text: 'good\\boxed{0}', state: 'complete' },
    ])
    expect(spans).toEqual([{ start: 0, end: 5, role: 'policy' }])
  })

  test('cut off', () => {
    const { text, steps } = complete('good\n\nbad', 'length')
    expect(text).toBe('good\n\nbad')
    expect(steps.map(({ end, state }) => [end, state])).toEqual([
      [2, 'complete'],
      [3, 'truncated'],
    ])
  })

  test('ended by a stop string, which is text', () => {
    const scores = { logprobs_T: new Float32Array(2), sampledLogprobs_T: new Float32Array(2) }
    const ids = Int32Array.of(3, 2) // good, blank line
    const ended = { ids, ...scores, stop: 'stop', stopString: '\n\n', version: 0 } as const
    const { text, steps } = toRollout(ended, Int32Array.of(5), tokenizer)
    expect(text).toBe('good\n\n')
    expect(steps).toEqual([{ start: 0, end: 2, text: 'good', state: 'complete' }])
  })

  test('ended at once', () => {
    const { text, steps } = complete('', 'stop')
    expect([text, steps]).toEqual(['', [{ start: 0, end: 1, text: '', state: 'empty' }]])
  })

  test('an end token that spells something is no text', () => {
    const spelled = { ...tokenizer, pieces: (ids: ArrayLike<number>) => Array.from(ids, String) }
    const ids = Int32Array.of(3, 4)
    const zeros = new Float32Array(2)
    const scores = { logprobs_T: zeros, sampledLogprobs_T: zeros }
    const completion = { ids, ...scores, stop: 'stop', stopString: null, version: 2 } as const
    expect(toRollout(completion, Int32Array.of(5), spelled).text).toBe('3')
  })
})
