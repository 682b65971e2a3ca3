import { expect, onTestFinished, test, vi } from 'vitest'
import type { SampleRequest } from '../../../src/engine/engine.ts'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import { cacheBytes } from '../../../src/engine/onnx/cache.ts'
import { openModel } from '../../../src/engine/onnx/host.ts'
import type { GraphSpec, Model, ModelOptions } from '../../../src/engine/onnx/model.ts'
import { accumulate } from '../../../src/engine/onnx/reading.ts'
import { sample } from '../../../src/engine/onnx/sampling.ts'
import type { Feeds } from '../../../src/engine/onnx/session.ts'
import { below, pick, random, shuffled } from '../../../src/numbers/random.ts'

// Narrow and deep enough that a product of few rows would be split another way than one of many.
const config = freshConfig({
  architecture: 'qwen2',
  vocabSize: 40,
  hiddenSize: 128,
  intermediateSize: 352,
  layers: 1,
  heads: 4,
  kvHeads: 2,
  maxPositions: 160,
  eosIds: [],
})

async function open(options: Partial<ModelOptions> = {}): Promise<Model> {
  const { model } = await openModel({ kind: 'fresh', config, seed: 3 }, { lanes: 1, ...options })
  onTestFinished(() => model.close())
  return model
}

const never = (): void => {}
const stopIds = [3, 5]

/** Requests whose prompts have 1 to 140 tokens. */
const requests = Array.from({ length: 24 }, (_, i): SampleRequest => {
  const draw = random(8, 'prompt', i)
  const length = pick(draw, [1, 2, 7, 8, 9, 30, 33, 64, 100, 140])
  const ids = Int32Array.from({ length }, () => below(draw, config.vocabSize))
  return { ids, n: 1 + below(draw, 5), seed: i }
})

/** Calls of a model's graphs while it works: what ran, and with how many rows. */
function counted(model: Model): { kind: GraphSpec['kind']; rows: number; slots: number }[] {
  const calls: { kind: GraphSpec['kind']; rows: number; slots: number }[] = []
  const run = model.run.bind(model)
  vi.spyOn(model, 'run').mockImplementation((spec: GraphSpec, feeds: Feeds) => {
    const [rows, slots] = [feeds.ids!.shape[0]!, feeds.mask!.shape.at(-1)!]
    calls.push({ kind: spec.kind, rows, slots })
    return run(spec, feeds)
  })
  return calls
}

const decoders = [
  ['weights laid out', { kind: 'decode', fixed: true }],
  ['weights fed', { kind: 'decode', fixed: false }],
  ['in 8 bits', { kind: 'decode', fixed: true, rounded: true }],
] as const
for (const [how, decoder] of decoders)
  test(`the same tokens whatever else is in the batch, to the last bit: ${how}`, async () => {
    const settings = { maxTokens: 12, stopIds, temperature: 1.3, topP: 0.95 }
    const many = requests.map((request, i) => (i % 12 === 0 ? { ...request, n: 60 } : request))
    const decode = async (chosen: readonly SampleRequest[], limits: Partial<ModelOptions>) => {
      const model = await open(limits)
      vi.spyOn(model, 'decoder').mockReturnValue(decoder)
      return sample(model, chosen, settings, never)
    }
    const alone = await decode(many, { rows: 1, budget: 1 })
    const draw = random(4, 'compositions')
    for (let i = 0; i < 5; i++) {
      const chosen = shuffled(draw, [...many.keys()]).slice(0, 1 + below(draw, many.length))
      const limits = {
        rows: pick(draw, [1, 2, 3, 7, 20, 64, 256]),
        cacheBytes: pick(draw, [cacheBytes(config, 12, 64), 2 ** 30, 2 ** 30]),
        budget: pick(draw, [1, 64, 200, 4096]),
      }
      const found = await decode(
        chosen.map(j => many[j]!),
        limits,
      )
      expect(found, JSON.stringify(limits)).toEqual(chosen.map(j => alone[j]))
    }
    for (const j of [1, 2]) expect(await decode([many[j]!], {})).toEqual([alone[j]])
  })

test('laid-out weights give the tokens that fed ones do, also after the weights moved', async () => {
  const model = await open()
  const chosen = requests.slice(0, 3)
  const write = async (fixed: boolean): Promise<number[][]> => {
    vi.spyOn(model, 'decoder').mockReturnValue({ kind: 'decode', fixed })
    const all = await sample(model, chosen, { maxTokens: 20, stopIds }, never)
    return all.flat().map(({ ids }) => [...ids])
  }
  const first = await write(true)
  expect(await write(false)).toEqual(first)
  const [ids, weights] = [Int32Array.of(1, 2, 3, 4), Float32Array.of(9, 9, 9)]
  await accumulate(model, [{ ids, weights }], never)
  model.step({ learningRate: 0.05 })
  const moved = await write(true)
  expect(moved).not.toEqual(first)
  expect(await write(false)).toEqual(moved)
})

test('fewer completions of a prompt are the first of more', async () => {
  const model = await open()
  const [few, many] = [2, 40].map(n => [{ ...requests[0]!, n }])
  const settings = { maxTokens: 20, stopIds }
  const [[two], [forty]] = [
    await sample(model, few!, settings, never),
    await sample(model, many!, settings, never),
  ]
  expect(forty!.slice(0, 2)).toEqual(two)
})

test('the limit of rows holds, and every row is used while somebody waits', async () => {
  const model = await open({ rows: 10 })
  const calls = counted(model)
  const all = await sample(model, requests, { maxTokens: 60, stopIds }, never)
  const rows = calls.filter(({ kind }) => kind === 'decode').map(call => call.rows)
  expect(Math.max(...rows)).toBe(10)
  const tokens = all.flat().reduce((sum, { ids }) => sum + ids.length - 1, 0)
  expect(rows.reduce((a, b) => a + b, 0)).toBeLessThan(1.25 * tokens + 60)
  expect(rows.slice(0, rows.length / 2).every(n => n >= 8)).toBe(true)
})

test('the limit of cache memory holds; a completion that needs more is alone', async () => {
  const limit = 2 * cacheBytes(config, 6, 64)
  const model = await open({ cacheBytes: limit })
  const calls = counted(model)
  await sample(model, requests, { maxTokens: 40, stopIds: [] }, never)
  for (const { rows, slots } of calls.filter(({ kind }) => kind === 'decode'))
    expect(rows === 1 || 2 * cacheBytes(config, rows, slots) <= limit).toBe(true)
  const tiny = await open({ cacheBytes: 1 })
  const [completions] = await sample(tiny, requests, { maxTokens: 4, stopIds: [] }, never)
  expect(completions!.every(({ ids }) => ids.length === 4)).toBe(true)
})

test('a prompt is read once for all its completions, and only when it is needed', async () => {
  const model = await open({ rows: 4, budget: 32 })
  const calls = counted(model)
  const prompts = Array.from({ length: 12 }, (_, i) =>
    Int32Array.from({ length: 16 }, (_, t) => i + t),
  )
  const asked = prompts.map((ids, seed) => ({ ids, n: 6, seed }))
  await sample(model, asked, { maxTokens: 8, stopIds: [] }, never)
  const kinds = calls.map(({ kind }) => kind)
  expect(kinds.filter(kind => kind === 'prompt')).toHaveLength(6) // two fit the budget
  expect(kinds.lastIndexOf('prompt')).toBeGreaterThan(kinds.length / 2)
})

test('a call gets the memory of the one before, and the same tokens; none of one that failed', async () => {
  const model = await open()
  const memory: unknown[] = []
  const run = model.run.bind(model)
  vi.spyOn(model, 'run').mockImplementation((spec: GraphSpec, feeds: Feeds) => {
    if (spec.kind === 'decode') memory.push(feeds.k0!.data.buffer)
    return run(spec, feeds)
  })
  const ask = (checkpoint = never) =>
    sample(model, requests, { maxTokens: 20, stopIds }, checkpoint)
  const first = await ask()
  const before = memory.at(-1)
  memory.length = 0
  expect(await ask()).toEqual(first)
  expect(memory.every(buffer => buffer === before)).toBe(true)
  let left = 5
  const broken = ask(() => {
    if (left-- === 0) throw new Error('enough')
  })
  await expect(broken).rejects.toThrow('enough')
  memory.length = 0
  expect(await ask()).toEqual(first)
  expect(memory).not.toContain(before)
})

test('stops between two tokens when it is told to', async () => {
  const model = await open()
  const calls = counted(model)
  let left = 10
  const checkpoint = (): void => {
    if (left-- === 0) throw new Error('enough')
  }
  const asked = sample(model, requests.slice(0, 2), { maxTokens: 60, stopIds: [] }, checkpoint)
  await expect(asked).rejects.toThrow('enough')
  expect(calls).toHaveLength(10)
})

test('damaged weights are named', async () => {
  const model = await open()
  model.values.fill(Number.NaN)
  const asked = sample(model, requests.slice(0, 1), { maxTokens: 2, stopIds: [] }, never)
  await expect(asked).rejects.toThrow('the logits are not finite (40 NaN and 0 infinite, of 40)')
})
