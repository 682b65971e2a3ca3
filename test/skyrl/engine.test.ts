import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../../src/connect/connect.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { openToRead, readAll, readHeader } from '../../src/engine/hf/safetensors-header.ts'
import { openOnnxEngine } from '../../src/engine/onnx/open.ts'
import type { TinkerEngine } from '../../src/engine/tinker/engine.ts'
import { openTinkerEngine } from '../../src/engine/tinker/open.ts'
import { close, descent, sequences, weights } from '../engine/subject.ts'
import { writeModels } from './models.ts'
import { python, RealServer, skyrl } from './server.ts'

// The engine on the real server: the numbers of the local engine, and what `minform connect` finds.

let folder: string
let server: RealServer

const open = (): Promise<TinkerEngine> =>
  openTinkerEngine({
    ...{ url: server.url, baseModel: server.model, folder: server.model, rank: 8, seed: 1 },
    ...{ profile: skyrl, apiKey: null },
  })

describe.skipIf(python === null)('on SkyRL', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'minform-models-'))
    await writeModels(folder)
    server = await RealServer.start(join(folder, 'tiny'))
  }, 120_000)
  afterAll(async () => {
    await server.close()
    await rm(folder, { recursive: true })
  })

  test('beside the local engine, with one adapter, log-probabilities agree within 1e-4, gradients within 1e-3', async () => {
    const far = await open()
    const all = sequences(far, 9, 14)
    await push(far, all)
    const adapter = join(folder, 'adapter')
    await far.save(adapter, { merge: false, tokenizer: server.model })
    const near = await openOnnxEngine(server.model, { adapter, threads: 1 })
    const [there, here] = [await far.score(all), await near.score(all)]
    for (const [i, { logprobs }] of here.entries()) close(there[i]!.logprobs, logprobs, 1e-4)
    const gradients = []
    for (const engine of [far, near] as const)
      gradients.push(await gradient(engine, all, adapter, join(folder, 'moved')))
    await Promise.all([far.close(), near.close()])
    const [remote, local] = gradients as [Gradient, Gradient]
    const expected = tied(local.values, await factors(adapter))
    expect([...remote.values.keys()]).toEqual([...expected.keys()])
    for (const [name, { sum }] of expected) {
      const apart = norm(remote.values.get(name)!.map((x, i) => x - sum[i]!))
      expect(apart / norm(sum), name).toBeLessThan(1e-3)
    }
    const once = [...expected.values()].filter(({ first }) => first).map(({ sum }) => norm(sum))
    expect(Math.abs(remote.norm / norm(once) - 1)).toBeLessThan(1e-3)
  })

  test('minform connect finds what it does', async () => {
    const here = { folder: server.model }
    const found = await connect({ url: server.url, apiKey: null, here })
    expect(found.profile).toEqual(skyrl)
    expect(found.ownLogprobs).toBe(true)
    expect(found.findings.find(({ about }) => about === 'the gradient is the slope')?.value).toBe(
      true,
    )
    const other = connect({
      url: server.url,
      apiKey: null,
      here: { folder: join(folder, 'policy') },
    })
    await expect(other).rejects.toThrow('is not the model of')
  })
})

/** A few steps, so that both factors of the adapter have a gradient. */
async function push(engine: Engine, all: readonly Int32Array[]): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await engine.accumulate(all.map(ids => ({ ids, weights: weights(ids) })))
    await engine.step({ learningRate: 1e-2, clipNorm: null })
  }
}

/**
 * The local gradient as it is where equal factors are one: SkyRL's Qwen3 has one A for queries, keys and values, and one for
 * gate and up, whose gradient is the sum of theirs.
 */
function tied(
  gradient: ReadonlyMap<string, Float32Array>,
  factors: ReadonlyMap<string, Float32Array>,
): ReadonlyMap<string, { readonly sum: Float32Array; readonly first: boolean }> {
  const groups = new Map<string, Float32Array>()
  const keys = new Map([...factors].map(([name, values]) => [name, String(values)]))
  const firsts = new Set<string>()
  for (const [name, values] of gradient) {
    const key = keys.get(name)!
    const sum = groups.get(key)
    if (sum === undefined) firsts.add(name)
    groups.set(key, sum === undefined ? values.slice() : sum.map((x, i) => x + values[i]!))
  }
  return new Map(
    [...gradient.keys()].map(name => [
      name,
      { sum: groups.get(keys.get(name)!)!, first: firsts.has(name) },
    ]),
  )
}

function norm(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0))
}

interface Gradient {
  readonly norm: number
  readonly values: ReadonlyMap<string, Float32Array> // by parameter of the adapter, in order
}

/** How far plain descent of rate 1 / norm moves each factor of the adapter, as files tell; times norm. */
async function gradient(
  engine: Engine,
  all: readonly Int32Array[],
  before: string,
  after: string,
): Promise<Gradient> {
  await engine.accumulate(all.map(ids => ({ ids, weights: weights(ids) })))
  const { gradNorm: norm } = await engine.step({ ...descent(0), clipNorm: null })
  await engine.accumulate(all.map(ids => ({ ids, weights: weights(ids) })))
  await engine.step({ ...descent(1 / norm), clipNorm: null })
  await engine.save(after, { merge: false })
  const [old, moved] = [await factors(before), await factors(after)]
  await rm(after, { recursive: true })
  const values = [...old].map(([name, values]) => {
    const now = moved.get(name)!
    return [name, values.map((value, i) => (value - now[i]!) * norm)] as const
  })
  return { norm, values: new Map(values) }
}

/** The tensors of an adapter's file, by name, in order. */
async function factors(folder: string): Promise<Map<string, Float32Array>> {
  const file = join(folder, 'adapter_model.safetensors')
  const readable = await openToRead(file)
  const found = [...(await readHeader(file))].sort(([a], [b]) => (a < b ? -1 : 1))
  const values = new Map<string, Float32Array>()
  for (const [name, info] of found) {
    expect(info.dtype).toBe('F32')
    const bytes = new Uint8Array(info.end - info.start)
    await readAll(readable, bytes, info.start, file)
    values.set(name, new Float32Array(bytes.buffer))
  }
  await readable.close()
  return values
}
