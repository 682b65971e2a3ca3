import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { SampleRequest } from '../../../src/engine/engine.ts'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import type { PromptCache } from '../../../src/engine/onnx/cache.ts'
import { openModel } from '../../../src/engine/onnx/host.ts'
import { Keeper, type Place } from '../../../src/engine/onnx/keeper.ts'
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

test('several lanes give the same to the last bit: one goes on from what another has read', async () => {
  const big = freshConfig({ ...shape, hiddenSize: 128, intermediateSize: 352, layers: 3 })
  const [one, two] = [await opened(big), await opened(big, 2)]
  const keep = { ...options, keep: true }
  const both = async (asked: readonly SampleRequest[]) => {
    const found = await one.sample(asked, keep, never)
    expect(await two.sample(asked, keep, never)).toEqual(found)
    return found
  }
  const many = prompts.map(request => ({ ...request, n: 24 }))
  const all = next(many, await both(many))
  await both(all.toReversed())
  await both(all.slice(0, 40)) // all of them read by one lane
})

test('what a call that failed may have overwritten is read again', async () => {
  const lanes = await opened(whole)
  const keep = { ...options, keep: true }
  const further = next(prompts, await lanes.sample(prompts, keep, never))
  let left = 3
  const broken = lanes.sample(prompts, keep, () => {
    if (left-- === 0) throw new Error('enough')
  })
  await expect(broken).rejects.toThrow('enough')
  const run = vi.spyOn(lanes.model, 'run')
  await lanes.sample(further, keep, never)
  expect(run.mock.calls.some(([{ kind }]) => kind === 'prompt')).toBe(true)
})

describe('memory that is written around and around', () => {
  const config = whole
  const token = 2 * config.layers * config.kvHeads * config.headDim

  /** Keys and values of so many tokens, all of them that number. */
  const read = (tokens: number, value: number): PromptCache => {
    const vectors = (): Float32Array[] =>
      Array.from({ length: config.layers }, () =>
        new Float32Array(config.kvHeads * tokens * config.headDim).fill(value),
      )
    return { keys: vectors(), values: vectors(), row: 0, length: tokens, tokens }
  }
  /** What some ids say was read of them. */
  const found = (kept: Kept, ids: readonly number[]): number[] | null => {
    const place = kept.of(Int32Array.from(ids))
    if (place === null) return null
    const [keeping] = kept.keeping([place])
    const parts = new Keeper(keeping!, config, 0).at(place)
    return parts.flatMap(({ keys, values, tokens }) => {
      const all = [...keys, ...values].flatMap(part => [...part])
      expect(new Set(all).size).toBe(1)
      return Array.from({ length: tokens }, () => all[0]!)
    })
  }
  /** Keeps a prompt of two tokens and one way in which it goes on, from a place or anew. */
  const keep = (
    kept: Kept,
    prompt: readonly number[],
    value: number,
    from: Place | null = null,
  ) => {
    const [keeping] = kept.keeping([from])
    const keeper = new Keeper(keeping!, config, 1)
    if (from === null) keeper.keepPrompt(0, read(2, value))
    keeper.keepRow(0, 0, read(prompt.length + 1, value), from === null ? 2 : prompt.length - 1)
    const spans = [{ ids: Int32Array.from(prompt), n: 1, seed: 0, kept: from }]
    kept.add(0, spans, [[{ ids: Int32Array.of(value, value) }]], keeper.written)
  }

  test('what is oldest is forgotten', () => {
    const kept = new Kept(1, 8 * token)
    kept.renew(0)
    keep(kept, [1, 2], 5) // three tokens
    keep(kept, [1, 3], 6)
    expect(found(kept, [1, 2, 5, 5])).toEqual([5, 5, 5])
    expect(found(kept, [1, 3, 6, 6])).toEqual([6, 6, 6])
    keep(kept, [1, 4], 7) // does not fit behind those: over the first
    expect(found(kept, [1, 2, 5, 5])).toBeNull()
    expect(found(kept, [1, 3, 6, 6])).toEqual([6, 6, 6])
    expect(found(kept, [1, 4, 7, 7])).toEqual([7, 7, 7])
  })

  test('what goes on keeps what is new alone, and is forgotten with what it goes on from', () => {
    const kept = new Kept(1, 8 * token)
    kept.renew(0)
    keep(kept, [1, 2], 5)
    const place = kept.of(Int32Array.of(1, 2, 5, 5))
    keep(kept, [1, 2, 5, 5], 6, place)
    expect(found(kept, [1, 2, 5, 5, 6, 6])).toEqual([5, 5, 5, 6, 6])
    keep(kept, [1, 3], 7)
    expect(found(kept, [1, 2, 5, 5, 6, 6])).toEqual([5, 5, 5, 6, 6])
    keep(kept, [1, 4], 8)
    expect(found(kept, [1, 2, 5, 5, 6, 6])).toBeNull()
  })

  test('what a call goes on from is not overwritten by what it keeps', () => {
    const kept = new Kept(1, 4 * token)
    kept.renew(0)
    keep(kept, [1, 2], 5)
    const place = kept.of(Int32Array.of(1, 2, 5, 5))
    keep(kept, [1, 2, 5, 5], 6, place) // two tokens more, where one fits
    expect(found(kept, [1, 2, 5, 5])).toEqual([5, 5, 5])
    expect(found(kept, [1, 2, 5, 5, 6, 6])).toEqual([5, 5, 5]) // all that is known of those
  })

  test('nothing is kept where nothing fits, and nothing of other weights', () => {
    for (const most of [0, token]) {
      const kept = new Kept(1, most)
      kept.renew(0)
      keep(kept, [1, 2], 5)
      expect(kept.of(Int32Array.of(1, 2, 5, 5))).toBeNull()
    }
    const kept = new Kept(1, 8 * token)
    kept.renew(0)
    keep(kept, [1, 2], 5)
    kept.renew(0)
    expect(kept.of(Int32Array.of(1, 2, 5, 5))).not.toBeNull()
    kept.renew(1)
    expect(kept.of(Int32Array.of(1, 2, 5, 5))).toBeNull()
  })
})
