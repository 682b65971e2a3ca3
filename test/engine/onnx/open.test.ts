import { cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import { openModel } from '../../../src/engine/onnx/host.ts'
import {
  type OnnxEngine,
  openFreshEngine,
  openOnnxEngine,
  openWithNewHead,
} from '../../../src/engine/onnx/open.ts'
import { classify } from '../../../src/engine/onnx/reading.ts'
import { DataError, EngineError } from '../../../src/errors.ts'
import { close, sequences, weights } from '../subject.ts'

const fixture = join(import.meta.dirname, '../../fixtures/hf/qwen2')

const shape = (hiddenSize: number, layers: number) =>
  freshConfig({
    architecture: 'qwen2',
    vocabSize: 64,
    hiddenSize,
    intermediateSize: 2 * hiddenSize,
    layers,
    heads: 4,
    maxPositions: 128,
    eosIds: [1],
  })

/** A small fresh engine, closed after the test. */
async function fresh(hiddenSize = 16, layers = 1): Promise<OnnxEngine> {
  const engine = await openFreshEngine(shape(hiddenSize, layers), { seed: 1 })
  onTestFinished(() => engine.close())
  return engine
}

/** Work that takes a while. */
const longSample = (engine: OnnxEngine) =>
  engine.sample([{ ids: Int32Array.of(2), n: 64, seed: 0 }], { maxTokens: 120, stopIds: [] })

async function copyOfFixture(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'minform-open-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await cp(fixture, folder, { recursive: true })
  return folder
}

describe('errors keep their class and message across threads', () => {
  test('a folder that is not there', async () => {
    const folder = join(tmpdir(), 'minform-no-such-folder')
    const message = `${join(folder, 'config.json')}: no such file; expected a Hugging Face folder or a GGUF file`
    await expect(openOnnxEngine(folder)).rejects.toThrow(new DataError(message))
    await expect(openOnnxEngine(folder)).rejects.toBeInstanceOf(DataError)
  })

  test('a config that is not one', async () => {
    const folder = await copyOfFixture()
    await writeFile(join(folder, 'config.json'), '{')
    await expect(openOnnxEngine(folder)).rejects.toThrow(/config\.json: not JSON/)
    await expect(openOnnxEngine(folder)).rejects.toBeInstanceOf(DataError)
  })

  test('weights that were cut', async () => {
    const folder = await copyOfFixture()
    await truncate(join(folder, 'model.safetensors'), 5000)
    await expect(openOnnxEngine(folder)).rejects.toThrow(/model\.safetensors/)
    await expect(openOnnxEngine(folder)).rejects.toBeInstanceOf(DataError)
  })

  test('a request that the engine refuses', async () => {
    const engine = await fresh()
    const asked = engine.score([Int32Array.of(1, 64)])
    await expect(asked).rejects.toThrow(EngineError)
    await expect(engine.score([Int32Array.of(1, 64)])).rejects.toThrow(/holds token 64/)
    await expect(engine.classify([Int32Array.of(1)])).rejects.toThrow(/token-classification head/)
  })
})

describe('the end of an engine', () => {
  test('closing rejects what waits', async () => {
    const engine = await fresh(64, 2)
    const waiting = [longSample(engine), engine.score(sequences(engine, 8)), engine.clear()]
    const ends = waiting.map(answer => expect(answer).rejects.toThrow('the engine is closed'))
    await engine.close()
    await Promise.all(ends)
    await expect(engine.step({ learningRate: 0 })).rejects.toThrow(EngineError)
  })

  test('a thread that dies rejects what waits and what comes', async () => {
    const engine = await fresh(64, 2)
    const waiting = expect(longSample(engine)).rejects.toThrow(/the engine failed: /)
    const { worker } = engine as unknown as { worker: Worker }
    worker.postMessage(null) // no request: reading it ends the thread
    await waiting
    await expect(engine.clear()).rejects.toThrow(EngineError)
    await engine.close()
  })
})

test('answers come in the order of the requests, whatever their length', async () => {
  const engine = await fresh(64, 2)
  const order: string[] = []
  const note = (what: string) => () => order.push(what)
  await Promise.all([
    longSample(engine).then(note('sample')),
    engine.clear().then(note('clear')),
    engine.score(sequences(engine, 8)).then(note('score')),
  ])
  expect(order).toEqual(['sample', 'clear', 'score'])
})

test('the same seed gives the same weights, another seed others', async () => {
  const open = async (seed: number) => {
    const engine = await openFreshEngine(shape(16, 1), { seed })
    onTestFinished(() => engine.close())
    return (await engine.parameters()).get('model.embed_tokens.weight')!
  }
  const [a, again, b] = [await open(1), await open(1), await open(2)]
  expect(again).toEqual(a)
  expect(b).not.toEqual(a)
})

test('a new head stands on the trunk of a folder', async () => {
  const trunk = await openOnnxEngine(fixture)
  onTestFinished(() => trunk.close())
  const engine = await openWithNewHead(fixture, { classes: 3, seed: 4 })
  onTestFinished(() => engine.close())
  expect(engine.info).toMatchObject({ head: 'token-classification', classes: 3 })
  const [ours, theirs] = [await engine.parameters(), await trunk.parameters()]
  expect(ours.get('model.norm.weight')).toEqual(theirs.get('model.norm.weight'))
  expect(ours.get('score.weight')!.some(x => x !== 0)).toBe(true)
  const [logits] = await engine.classify([Int32Array.of(1, 2, 3)])
  expect(logits!.length).toBe(9)
})

test('new layers learn with the head; what the folder holds stays', async () => {
  const engine = await openWithNewHead(fixture, { newLayers: 1, seed: 4 })
  onTestFinished(() => engine.close())
  const { layers } = engine.config
  const before = await engine.parameters()
  const [ids] = sequences(engine, 8) as [Int32Array]
  const classes = ids.map((_, t) => t % 2)
  // Twice, since a new layer's output is 0 at first, and nothing before it has a slope.
  const step = { learningRate: 1e-2, weightDecay: 0.1, only: 'head' } as const
  for (const _ of [1, 2]) {
    await engine.accumulateClasses([{ ids, classes }], 1)
    expect((await engine.step(step)).applied).toBe(true)
  }
  const after = await engine.parameters()
  const names = [...before.keys()]
  const moved = names.filter(name => after.get(name)!.some((x, i) => x !== before.get(name)![i]))
  expect(moved).toEqual(
    names.slice(names.indexOf(`model.layers.${layers - 1}.input_layernorm.weight`)),
  )
  expect(moved).toEqual(expect.arrayContaining(['model.norm.weight', 'score.weight', 'score.bias']))

  await engine.accumulateClasses([{ ids, classes }], 1)
  await engine.step({ ...step, only: 'all' })
  expect((await engine.parameters()).get(names[0]!)).not.toEqual(before.get(names[0]!))
})

test('a classifier that grew layers begins as the trunk it stands on', async () => {
  const [plain, grown] = await Promise.all(
    [0, 2].map(async newLayers => {
      const head = { kind: 'new-head', folder: fixture, classes: 2, newLayers, seed: 4 } as const
      return (await openModel(head, {})).model
    }),
  )
  onTestFinished(async () => void (await Promise.all([plain!.close(), grown!.close()])))
  expect(grown!.config.layers).toBe(plain!.config.layers + 2)
  const score = plain!.values.subarray(plain!.table.find(p => p.group === 'head')!.offset)
  grown!.values.set(score, grown!.values.length - score.length) // the same head, to compare what it reads
  const ids = [Int32Array.of(1, 2, 3, 4, 5)]
  const never = async (): Promise<void> => {}
  const [ours] = await classify(plain!, ids, never)
  const [theirs] = await classify(grown!, ids, never)
  expect(ours!.some(x => x !== 0)).toBe(true)
  close(theirs!, ours!, 1e-6)
})

test('gradients are copies, by parameter', async () => {
  const engine = await fresh()
  const [ids] = sequences(engine, 8)
  const before = await engine.gradients()
  expect(before.get('model.norm.weight')!.every(x => x === 0)).toBe(true)
  await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
  const once = await engine.gradients()
  await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
  for (const [name, twice] of await engine.gradients()) {
    close(
      twice,
      once.get(name)!.map(x => 2 * x),
      1e-6,
    )
  }
  expect([...once.keys()]).toEqual([...(await engine.parameters()).keys()])
})

test.each(['webgpu', 'cuda'] as const)('%s works, or says why it does not', async device => {
  vi.stubEnv('XDG_RUNTIME_DIR', undefined)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const engine = await openFreshEngine(shape(16, 1), { device }).catch(error => error)
  // Without it drivers of Vulkan complain in the midst of what a command says.
  const expected = device === 'webgpu' && process.platform === 'linux' ? tmpdir() : undefined
  expect(process.env.XDG_RUNTIME_DIR).toBe(expected)
  if (engine instanceof Error) {
    expect(engine).toBeInstanceOf(EngineError)
    expect(engine.message).toMatch(
      new RegExp(`^the device ${device} cannot be used here: it needs .* \\(.+\\); the device cpu`),
    )
    return
  }
  const [scores] = await engine.score([Int32Array.of(1, 2, 3)])
  await engine.close()
  expect(scores.logprobs.every(Number.isFinite)).toBe(true)
})
