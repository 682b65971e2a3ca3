import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { SampleRequest } from '../../../src/engine/engine.ts'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import type { PromptCache } from '../../../src/engine/onnx/cache.ts'
import { openModel } from '../../../src/engine/onnx/host.ts'
import { Kept } from '../../../src/engine/onnx/kept.ts'
import type { Lanes } from '../../../src/engine/onnx/lanes.ts'
import { random } from '../../../src/numbers/random.ts'

const shape = {
  architecture: 'qwen2',
  vocabSize: 40,
  hiddenSize: 64,
  intermediateSize: 64,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  maxPositions: 128,
  eosIds: [],
} as const
const whole = freshConfig(shape)
const sliding = freshConfig({ ...shape, window: 7, slidingLayers: [1] })
const never = (): void => {}
const options = { maxTokens: 6, stopIds: [0] }

async function opened(config: typeof whole, lanes = 1): Promise<Lanes> {
  const found = await openModel({ kind: 'fresh', config, seed: 2 }, { lanes })
  onTestFinished(() => found.close())
  return found
}

const draw = random(1, 'prompts')
const prompts = Array.from({ length: 5 }, (_, i): SampleRequest => {
  const ids = Int32Array.from({ length: 3 + 4 * i }, () => 1 + Math.floor(39 * draw()))
  return { ids, n: 3, seed: i }
})

/** Ways to go on from what was sampled, but for what ended. */
function next(
  requests: readonly SampleRequest[],
  found: Awaited<ReturnType<Lanes['sample']>>,
  said: readonly number[] = [], // by somebody else, behind what was sampled
): SampleRequest[] {
  return requests.flatMap(({ ids: prompt }, i) =>
    found[i]!.filter(({ stop }) => stop === 'length').map(({ ids }, j) => ({
      ids: Int32Array.of(...prompt, ...ids, ...said),
      n: 2,
      seed: 10 * i + j,
    })),
  )
}

describe.each([
  ['full attention', whole],
  ['a sliding window', sliding],
] as const)('%s: what goes on from a kept completion', (_, config) => {
  test('is what it would be, and reads no prompt again', async () => {
    const [keeping, plain] = [await opened(config), await opened(config)]
    let requests: readonly SampleRequest[] = prompts
    for (let round = 0; round < 3; round++) {
      const run = vi.spyOn(keeping.model, 'run')
      const found = await keeping.sample(requests, { ...options, keep: true }, never)
      const read = run.mock.calls.filter(([{ kind }]) => kind === 'prompt').length
      expect(read > 0).toBe(round === 0)
      run.mockRestore()
      const expected = await plain.sample(requests, options, never)
      expect(found.map(list => list.map(({ ids }) => ids))).toEqual(
        expected.map(list => list.map(({ ids }) => ids)),
      )
      for (const [i, list] of found.entries())
        for (const [j, { logprobs_T }] of list.entries())
          logprobs_T.forEach((x, t) => {
            expect(x).toBeCloseTo(expected[i]![j]!.logprobs_T[t]!, 4)
          })
      requests = next(requests, found).slice(0, 12)
      expect(requests.length).toBeGreaterThan(3)
    }
  })

  test.each([1, 15, 16])(
    'behind %d tokens of somebody else, likewise as long as they are few',
    async count => {
      const [keeping, plain] = [await opened(config), await opened(config)]
      const said = Array.from({ length: count }, (_, i) => 1 + ((7 * i) % 39))
      const found = await keeping.sample(prompts, { ...options, keep: true }, never)
      const further = next(prompts, found, said)
      const run = vi.spyOn(keeping.model, 'run')
      const again = await keeping.sample(further, { ...options, keep: true }, never)
      expect(run.mock.calls.some(([{ kind }]) => kind === 'prompt')).toBe(count > 15)
      const expected = await plain.sample(further, options, never)
      expect(again.map(list => list.map(({ ids }) => ids))).toEqual(
        expected.map(list => list.map(({ ids }) => ids)),
      )
      for (const [i, list] of again.entries())
        for (const [j, { logprobs_T }] of list.entries())
          logprobs_T.forEach((x, t) => {
            expect(x).toBeCloseTo(expected[i]![j]!.logprobs_T[t]!, 4)
          })
    },
  )

  test('is read again by other weights, and where nobody asked to keep it', async () => {
    const lanes = await opened(config)
    const found = await lanes.sample(prompts, { ...options, keep: true }, never)
    const run = vi.spyOn(lanes.model, 'run')
    const reads = (): number => run.mock.calls.filter(([{ kind }]) => kind === 'prompt').length
    await lanes.sample(next(prompts, found), options, never)
    expect(reads()).toBeGreaterThan(0)
    run.mockClear()
    lanes.model.version++
    await lanes.sample(next(prompts, found), { ...options, keep: true }, never)
    expect(reads()).toBeGreaterThan(0)
  })
})

test('several lanes give the same in the same order', async () => {
  const big = freshConfig({ ...shape, hiddenSize: 128, intermediateSize: 352, layers: 3 })
  const [one, two] = [await opened(big), await opened(big, 2)]
  const many = prompts.map(request => ({ ...request, n: 24 }))
  const ids = (found: Awaited<ReturnType<Lanes['sample']>>) =>
    found.map(list => list.map(completion => [...completion.ids]))
  const keep = { ...options, keep: true }
  const [a, b] = [await one.sample(many, keep, never), await two.sample(many, keep, never)]
  expect(ids(b)).toEqual(ids(a))
  const further = next(many, a).toReversed()
  expect(ids(await two.sample(further, keep, never))).toEqual(
    ids(await one.sample(further, keep, never)),
  )
})

test('what does not fit is forgotten, the oldest first', () => {
  const cache = (floats: number): PromptCache => {
    const values = [new Float32Array(floats)]
    return { keys: [], values, row: 0, length: 1, tokens: 1 }
  }
  const kept = new Kept(4 * 10)
  kept.renew(0)
  kept.keep([1], cache(4))
  kept.keep([2], cache(4))
  kept.keep([1], cache(4)) // again: now the youngest
  kept.keep([3], cache(4))
  expect([1, 2, 3].map(id => kept.of(Int32Array.of(id)) !== null)).toEqual([true, false, true])
  kept.keep([4], cache(11))
  expect([1, 3, 4].map(id => kept.of(Int32Array.of(id)) !== null)).toEqual([false, false, false])
  kept.keep([5], cache(4))
  kept.renew(0)
  expect(kept.of(Int32Array.of(5))).not.toBeNull()
  kept.renew(1)
  expect(kept.of(Int32Array.of(5))).toBeNull()
})
