// Frozen weights held in less than float32: what is computed with them, and what becomes of them.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type OnnxEngine, openOnnxEngine } from '../../../src/engine/onnx/open.ts'
import { close, sequences, weights } from '../subject.ts'

const fixture = (name: string): string =>
  new URL(`../../fixtures/hf/${name}`, import.meta.url).pathname
type Options = Parameters<typeof openOnnxEngine>[1]

async function opened(folder: string, options: Options): Promise<OnnxEngine> {
  const engine = await openOnnxEngine(folder, { threads: 1, lora: { rank: 2 }, ...options })
  onTestFinished(() => engine.close())
  return engine
}

/** Scores and gradients after a step, with entropies, of an adapter that is off its beginning. */
async function seen(engine: OnnxEngine) {
  const all = sequences(engine, 9, 14)
  const batch = all.map(ids => ({ ids, weights: weights(ids), entropyWeights: weights(ids, 0.3) }))
  await engine.accumulate(batch)
  await engine.step({ learningRate: 0.02 })
  const learned = await engine.accumulate(batch)
  const gradients = await engine.gradients()
  const beneath = await engine.base!.score(all)
  const request = [{ ids: all[0]!, n: 2, seed: 4 }]
  const sampled = await engine.sample(request, { maxTokens: 6, stopIds: [] })
  return { learned, gradients, beneath, ids: sampled[0]!.map(({ ids }) => Array.from(ids)) }
}

test.each([
  ['qwen2-bf16-sharded', {}],
  ['qwen2-bf16-sharded', { recompute: true, logits: 500, budget: 16 }],
])('%s %j: bfloat16 holds exactly what was stored as bfloat16', async (name, options) => {
  const plain = await seen(await opened(fixture(name), options))
  const engine = await opened(fixture(name), { base: 'bfloat16', ...options })
  const packed = await seen(engine)
  plain.learned.forEach(({ logprobs, entropies }, i) => {
    close(packed.learned[i]!.logprobs, logprobs, 1e-6)
    close(packed.learned[i]!.entropies, entropies, 1e-6)
    close(packed.beneath[i]!.logprobs, plain.beneath[i]!.logprobs, 1e-6)
  })
  for (const [name, gradient] of plain.gradients) close(packed.gradients.get(name)!, gradient, 1e-5)
  expect(packed.ids).toEqual(plain.ids)
})

// These were stored as float32, and their weights are large: each is off by up to 1/512, or 1/254 of its row's largest.
test.each([
  ['llama3', 'bfloat16', 0.01],
  ['qwen3', 'bfloat16', 0.03],
  ['llama3', 'int8', 0.06],
] as const)('%s as %s: log-probabilities and gradients alike', async (name, base, tolerance) => {
  const plain = await seen(await opened(fixture(name), {}))
  const packed = await seen(await opened(fixture(name), { base }))
  plain.beneath.forEach(({ logprobs }, i) => {
    close(packed.beneath[i]!.logprobs, logprobs, tolerance)
    expect(packed.beneath[i]!.logprobs).not.toEqual(logprobs)
  })
  for (const [part, gradient] of plain.gradients) {
    const far = gradient.map((x, i) => x - packed.gradients.get(part)![i]!)
    expect(Math.hypot(...far) / Math.hypot(...gradient), part).toBeLessThan(0.3)
  }
})

test('merged, it is a whole model again; int8 rounds by half a step of a row at most', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'minform-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const name = fixture('qwen2-bf16-sharded')
  const expected = await (await opened(name, {})).parameters()
  for (const base of ['bfloat16', 'int8'] as const) {
    await (await opened(name, { base })).save(join(folder, base))
    const found = await (await opened(join(folder, base), {})).parameters()
    for (const [name, values] of expected) {
      if (name.includes('lora')) continue
      const step = base === 'bfloat16' ? 0 : Math.max(...values.map(Math.abs)) / 253
      const far = values.map((x, i) => Math.abs(x - found.get(name)![i]!))
      expect(Math.max(...far), name).toBeLessThanOrEqual(step)
    }
  }
})
