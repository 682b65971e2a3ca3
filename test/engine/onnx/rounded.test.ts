// Completions that weights of 8 bits draw.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as anywhere, expect, onTestFinished } from 'vitest'
import type { Completion } from '../../../src/engine/engine.ts'
import { exactBytes } from '../../../src/engine/onnx/exact-bytes.ts'
import { type OnnxEngine, openOnnxEngine } from '../../../src/engine/onnx/open.ts'
import { sequences, weights } from '../subject.ts'

const fixture = (name: string): string =>
  new URL(`../../fixtures/hf/${name}`, import.meta.url).pathname

const test = anywhere.skipIf(!(await exactBytes())) // elsewhere it is refused

async function opened(
  name: string,
  options: Parameters<typeof openOnnxEngine>[1] = {},
): Promise<OnnxEngine> {
  const engine = await openOnnxEngine(fixture(name), { threads: 1, ...options })
  onTestFinished(() => engine.close())
  return engine
}

const options = { maxTokens: 16, stopIds: [], precision: 'int8' } as const

function draw(engine: OnnxEngine, n = 5): Promise<Completion[][]> {
  const requests = sequences(engine, 4, 11, 6).map((ids, seed) => ({ ids, n, seed }))
  return engine.sample(requests, options)
}

async function learn(engine: OnnxEngine): Promise<void> {
  const [ids] = sequences(engine, 12)
  await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
  await engine.step({ learningRate: 0.02 })
}

test('several threads draw what one does, to the last bit', async () => {
  const [one, two] = [await opened('qwen2'), await opened('qwen2', { threads: 2 })]
  expect(await draw(two)).toEqual(await draw(one))
})

test('a model that was restored draws on to the last bit, and others than before it learned', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'minform-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const engine = await opened('qwen2')
  const before = await draw(engine)
  await learn(engine)
  await engine.save(folder, { optimizer: true })
  const drawn = await draw(engine)
  const ids = (all: Completion[][]) => all.flat().map(one => [...one.ids])
  expect(ids(drawn)).not.toEqual(ids(before))
  const again = await opened('qwen2')
  await draw(again)
  await again.restore(folder)
  expect(await draw(again)).toEqual(drawn)
})

test.each([
  ['llama3', {}],
  ['qwen3', {}],
  ['qwen2', { lora: { rank: 3 } }],
  ['llama3', { lora: { rank: 2 }, base: 'int8' }],
  ['qwen3', { lora: { rank: 2 }, base: 'bfloat16' }],
] as const)(
  '%s, %j: log-probabilities are near those of the model, whatever is beside a row',
  async (name, how) => {
    const engine = await opened(name, how)
    await learn(engine)
    const all = await draw(engine)
    const alone = await draw(engine, 1)
    expect(alone.map(([first]) => first)).toEqual(all.map(([first]) => first))
    const prompts = sequences(engine, 4, 11, 6)
    let worst = 0
    for (const [p, completions] of all.entries())
      for (const { ids, logprobs_T } of completions) {
        const [scored] = await engine.score([Int32Array.of(...prompts[p]!, ...ids)])
        logprobs_T.forEach((x, t) => {
          worst = Math.max(worst, Math.abs(x - scored!.logprobs[prompts[p]!.length - 1 + t]!))
        })
      }
    expect(worst).toBeGreaterThan(1e-6)
    expect(worst).toBeLessThan(0.1)
  },
)

anywhere('where products are not exact it is refused', async () => {
  const engine = await opened('qwen2')
  Object.assign(engine.abilities, { int8: false })
  await expect(draw(engine)).rejects.toThrow('precision int8')
  expect(await engine.sample([], { maxTokens: 1, stopIds: [] })).toEqual([])
})
