import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Completion } from '../../src/engine/engine.ts'
import type { Adapting, OnnxEngine } from '../../src/engine/onnx/open.ts'
import { openOnnxEngine, openWithNewHead } from '../../src/engine/onnx/open.ts'
import { close, sequences, weights } from '../engine/subject.ts'

// Every verb on WebGPU against the same verb on the CPU, which parity.test.ts holds against PyTorch. Run with
// MINFORM_WEBGPU=1, on a machine with an adapter or with a driver made of software, which takes a second a graph.

const fixtures = join(import.meta.dirname, '../fixtures/hf')
const timeout = 300_000

interface Pair {
  readonly cpu: OnnxEngine
  readonly gpu: OnnxEngine
}

/** The model of a folder of fixtures on both devices, closed when the test ends. */
async function pair(
  name: string,
  open: (folder: string, place: object) => Promise<OnnxEngine> = openOnnxEngine,
): Promise<Pair> {
  const folder = join(fixtures, name)
  const cpu = await open(folder, { threads: 1 })
  onTestFinished(() => cpu.close())
  const gpu = await open(folder, { device: 'webgpu' })
  onTestFinished(() => gpu.close())
  return { cpu, gpu }
}

/** Does the same on both, and gives both results. */
async function both<T>(
  { cpu, gpu }: Pair,
  verb: (engine: OnnxEngine) => Promise<T>,
): Promise<[T, T]> {
  return [await verb(cpu), await verb(gpu)]
}

/** Asserts that arrays of the same names agree within `tolerance` of the largest value of each. */
function closeByName(
  [expected, found]: readonly [Map<string, Float32Array>, Map<string, Float32Array>],
  tolerance: number,
): void {
  expect([...found.keys()]).toEqual([...expected.keys()])
  for (const [name, values] of expected) {
    const size = values.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-3)
    close(found.get(name)!, values, tolerance * size)
  }
}

async function sameStep(engines: Pair, options = {}): Promise<void> {
  closeByName(await both(engines, engine => engine.gradients()), 1e-4)
  const [cpu, gpu] = await both(engines, e =>
    e.step({ learningRate: 1e-2, epsilon: 1e-3, ...options }),
  )
  expect(gpu.applied).toBe(true)
  expect(gpu.gradNorm / cpu.gradNorm).toBeCloseTo(1, 4)
  closeByName(await both(engines, engine => engine.parameters()), 1e-4)
}

async function sameScores(engines: Pair, all: readonly Int32Array[]): Promise<void> {
  const [expected, found] = await both(engines, engine => engine.score(all))
  for (const [i, { logprobs, entropies }] of expected.entries()) {
    close(found[i]!.logprobs, logprobs, 2e-4)
    close(found[i]!.entropies, entropies, 2e-4)
  }
}

async function learned(engines: Pair, all: readonly Int32Array[]): Promise<void> {
  const batch = all.map(ids => {
    return { ids, weights: weights(ids), entropyWeights: weights(ids, 0.3).reverse() }
  })
  const [expected, found] = await both(engines, engine => engine.accumulate(batch))
  for (const [i, { logprobs }] of expected.entries()) close(found[i]!.logprobs, logprobs, 2e-4)
}

/** What PyTorch continues the first prompt with. */
async function greedy(engine: OnnxEngine, name: string): Promise<void> {
  const text = await readFile(join(fixtures, name, 'expected.json'), 'utf8')
  const [first] = JSON.parse(text).cases as { ids: number[]; greedy: number[] }[]
  const requests = [{ ids: Int32Array.from(first!.ids), n: 1, seed: 0 }]
  const options = { maxTokens: 8, greedy: true, stopIds: engine.config.eosIds }
  const [[completion]] = (await engine.sample(requests, options)) as [[Completion]]
  expect([...completion.ids]).toEqual(first!.greedy.slice(0, 8))
}

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'minform-webgpu-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

describe.skipIf(process.env.MINFORM_WEBGPU !== '1')('webgpu', { timeout }, () => {
  test.each(['mistral', 'qwen3-yarn'])(
    '%s: scores, greedy completions, gradients and a step',
    async name => {
      const engines = await pair(name)
      const all = sequences(engines.cpu, 19, 7)
      await sameScores(engines, all)
      await greedy(engines.gpu, name)
      await learned(engines, all)
      await sameStep(engines)
    },
  )

  test('qwen2-padded: samples are what score says, and no padding', async () => {
    const { gpu } = await pair('qwen2-padded')
    const [ids] = sequences(gpu, 9)
    const options = { maxTokens: 6, temperature: 2.5, topP: 0.95, stopIds: [] }
    const [completions] = await gpu.sample([{ ids: ids!, n: 5, seed: 1 }], options)
    for (const { ids: more, logprobs_T } of completions!) {
      const [scored] = await gpu.score([Int32Array.of(...ids!, ...more)])
      close(logprobs_T, scored!.logprobs.slice(ids!.length - 1), 2e-4)
      expect([...more].filter(id => gpu.info.absentIds.includes(id))).toEqual([])
    }
  })

  test('logits in slices, and layers computed again', async () => {
    const engines = await pair('qwen2-window', (folder, place) =>
      openOnnxEngine(folder, { ...place, logits: 64 * 8, recompute: true }),
    )
    const all = sequences(engines.cpu, 19, 7)
    await learned(engines, all)
    await sameStep(engines)
  })

  test('what WebGPU saves is restored, there and on the CPU, and learned on from', async () => {
    const engines = await pair('smollm3')
    const all = sequences(engines.cpu, 12)
    await learned(engines, all)
    await engines.gpu.step({ learningRate: 1e-2 })
    const folder = await temporary()
    await engines.gpu.save(folder, { optimizer: true })
    await both(engines, engine => engine.restore(folder))
    expect([engines.cpu.version, engines.gpu.version]).toEqual([1, 1])
    await learned(engines, all)
    await sameStep(engines)
    await sameScores(engines, all)
  })

  test('an adapter learns, and opens again', async () => {
    const lora: Adapting = { lora: { rank: 2, seed: 4 } }
    const engines = await pair('mistral', (folder, place) =>
      openOnnxEngine(folder, { ...place, ...lora }),
    )
    const all = sequences(engines.cpu, 12, 5)
    await learned(engines, all)
    await sameStep(engines)
    await sameScores(engines, all)
    const folder = await temporary()
    await engines.gpu.save(folder, { merge: false })
    const again = await openOnnxEngine(join(fixtures, 'mistral'), {
      device: 'webgpu',
      adapter: folder,
    })
    onTestFinished(() => again.close())
    await sameScores({ ...engines, gpu: again }, all)
  })

  test('a classifier: logits, and the gradients of classes, targets and slopes', async () => {
    const engines = await pair('mistral-prm')
    const [ids] = sequences(engines.cpu, 15) as [Int32Array]
    const [expected, found] = await both(engines, engine => engine.classify([ids]))
    close(found[0]!, expected[0]!, 2e-4)
    const classes = Int32Array.from(ids, (_, t) => (t % 3 === 2 ? t % 2 : -100))
    const targets = Float32Array.from({ length: 2 * ids.length }, (_, i) =>
      i % 6 < 2 ? 0.3 + 0.4 * (i % 2) : Number.NaN,
    )
    const losses = await both(engines, async engine => [
      await engine.accumulateClasses([{ ids, classes }], 0.5),
      await engine.accumulateClasses([{ ids, targets }], 0.5),
    ])
    close(losses[1], losses[0], 1e-4)
    await sameStep(engines)
    const slopes = Float32Array.from({ length: 2 * ids.length }, (_, i) => Math.sin(i))
    await both(engines, engine => engine.accumulateLogits([{ ids, slopes }]))
    await sameStep(engines, { only: 'head' })
  })

  test('a new head on a trunk, with a layer of its own', async () => {
    const engines = await pair('smollm3', (folder, place) =>
      openWithNewHead(folder, { ...place, newLayers: 1, seed: 2 }),
    )
    const [ids] = sequences(engines.cpu, 9) as [Int32Array]
    const classes = Int32Array.from(ids, (_, t) => t % 2)
    await both(engines, engine => engine.accumulateClasses([{ ids, classes }], 1))
    await sameStep(engines)
    const [expected, found] = await both(engines, engine => engine.classify([ids]))
    close(found[0]!, expected[0]!, 2e-4)
  })
})
