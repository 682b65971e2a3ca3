// Every kind of engine is opened by its spec.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freshConfig } from '../../src/engine/hf/config.ts'
import { type EngineSpec, openEngine } from '../../src/engine/open.ts'
import { ConfigError, DataError } from '../../src/errors.ts'
import { fixture } from '../cli/commands.ts'
import { close } from './subject.ts'
import { profileOf, quick, serve } from './tinker/subject.ts'

const opened = async (spec: EngineSpec) => {
  const engine = await openEngine(spec)
  onTestFinished(() => engine.close())
  return engine
}
const folder = fixture('qwen2')

test('a folder, with an adapter that stays as it is until it learns', async () => {
  const plain = await opened({ kind: 'onnx', folder, threads: 1 })
  expect([plain.base, plain.info.head]).toEqual([null, 'language-model'])
  const adapted = await opened({ kind: 'onnx', folder, threads: 1, lora: { rank: 2 } })
  const ids = [Int32Array.of(1, 2, 3, 4)]
  const [[a], [b]] = [await plain.score(ids), await adapted.base!.score(ids)]
  close(b!.logprobs, a!.logprobs, 1e-5)
  const both = { kind: 'onnx', folder, lora: { rank: 2 }, adapter: folder } as const
  await expect(async () => openEngine(both)).rejects.toThrow(ConfigError)
})

test('a new head, and fresh weights', async () => {
  const head = await opened({ kind: 'onnx-new-head', folder, classes: 3, threads: 1 })
  expect(head.info).toMatchObject({ head: 'token-classification', classes: 3 })
  const shape = { hiddenSize: 32, intermediateSize: 64, layers: 1, heads: 1, maxPositions: 32 }
  const config = freshConfig({ architecture: 'qwen2', vocabSize: 11, eosIds: [1], ...shape })
  const fresh = await opened({ kind: 'onnx-fresh', config, seed: 3, threads: 1 })
  expect(fresh.info).toMatchObject({ vocabSize: 11, maxPositions: 32 })
})

test("a server's model, fresh or from what was saved of it; a folder that does not say it holds no slot", async () => {
  const server = await serve({ vocabSize: 1500 })
  const { url } = server
  const spec = { kind: 'tinker', url, baseModel: 'tabular', folder, rank: 4, seed: 0 } as const
  const settings = { ...spec, apiKey: null, profile: profileOf({}), patience: quick } as const
  const engine = await opened(settings)
  expect(engine.abilities).toMatchObject({ classes: false, wholeFolders: false })
  const place = mkdtempSync(join(tmpdir(), 'minform-saved-'))
  onTestFinished(() => rmSync(place, { recursive: true }))
  const ids = Int32Array.of(1, 2, 3, 4)
  await engine.accumulate([{ ids, weights: Float32Array.of(1, 1, 1) }])
  await engine.step({ learningRate: 0.1, clipNorm: null })
  await engine.save(place, { merge: false, optimizer: true })
  const again = await opened({ ...settings, saved: place })
  expect(again.version).toBe(1)
  expect(await again.score([ids])).toEqual(await engine.score([ids]))
  expect(server.loaded).toBe(2)
  await expect(openEngine({ ...settings, saved: tmpdir() })).rejects.toThrow(DataError)
  expect(server.loaded).toBe(2)
})
