// Files that nobody meant to be checkpoints: whatever they hold, reading them ends soon, in a named error or a model.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { readParameters, saveCheckpoint } from '../../../src/engine/hf/checkpoint.ts'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import { configFiles, configOf, readConfig } from '../../../src/engine/hf/config-file.ts'
import { initialise, parameterTable } from '../../../src/engine/hf/parameters.ts'
import { listTensors } from '../../../src/engine/hf/safetensors.ts'
import { DataError, EngineError } from '../../../src/errors.ts'
import { random } from '../../../src/numbers/random.ts'

const folder = await mkdtemp(join(tmpdir(), 'minform-'))
afterAll(() => rm(folder, { recursive: true }))

const config = freshConfig({
  architecture: 'llama',
  vocabSize: 8,
  hiddenSize: 4,
  intermediateSize: 4,
  layers: 1,
  heads: 2,
  maxPositions: 16,
  eosIds: [1],
})
await saveCheckpoint(folder, config, initialise(config, random(1)))
const file = join(folder, 'model.safetensors')
const valid = await readFile(file)
const headerEnd = 8 + Number(valid.readBigUInt64LE())

const runs = { numRuns: 400 }

async function endsWell(work: () => unknown): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof DataError || error instanceof EngineError)) throw error
    expect(error.message.length).toBeLessThan(2000)
  }
}

test('random bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
      await writeFile(file, bytes)
      await expect(listTensors(folder)).rejects.toThrow(DataError)
    }),
    runs,
  )
})

test('any JSON for a header, of any claimed length', async () => {
  const tensor = fc.record(
    {
      dtype: fc.oneof(fc.constantFrom('F32', 'BF16', 'BOOL'), fc.jsonValue()),
      shape: fc.oneof(fc.array(fc.maxSafeNat()), fc.jsonValue()),
      data_offsets: fc.oneof(fc.array(fc.maxSafeInteger(), { maxLength: 3 }), fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  const names = fc.constantFrom('a', '__proto__', '__metadata__', 'model.norm.weight', '')
  const header = fc.oneof(fc.jsonValue(), fc.dictionary(names, tensor))
  const length = fc.oneof(fc.constant(null), fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 100n))
  await fc.assert(
    fc.asyncProperty(header, length, fc.nat(64), async (json, claimed, rest) => {
      const text = Buffer.from(JSON.stringify(json))
      const prefix = Buffer.alloc(8)
      prefix.writeBigUInt64LE(claimed ?? BigInt(text.length))
      await writeFile(file, Buffer.concat([prefix, text, Buffer.alloc(rest)]))
      await endsWell(() => listTensors(folder))
      await endsWell(() => readParameters(folder, config))
    }),
    runs,
  )
})

test('a checkpoint with bytes changed, cut off or added', async () => {
  const change = fc.record({
    at: fc.oneof(fc.nat(headerEnd), fc.nat(valid.length)),
    remove: fc.nat(12),
    add: fc.uint8Array({ maxLength: 12 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async changes => {
      let bytes: Buffer = valid
      for (const { at, remove, add } of changes)
        bytes = Buffer.concat([bytes.subarray(0, at), add, bytes.subarray(at + remove)])
      await writeFile(file, bytes)
      await endsWell(() => readParameters(folder, config))
    }),
    runs,
  )
})

test('any JSON for an index of shards', async () => {
  await rm(file)
  await writeFile(join(folder, 'one.safetensors'), valid)
  const names = parameterTable(config).map(({ name }) => name)
  const shard = fc.constantFrom('one.safetensors', '../one.safetensors', '', '.', 'no.safetensors')
  const map = fc.dictionary(fc.constantFrom(...names, '__proto__'), shard)
  const index = fc.oneof(fc.jsonValue(), fc.record({ weight_map: fc.oneof(map, fc.jsonValue()) }))
  await fc.assert(
    fc.asyncProperty(index, async json => {
      await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify(json))
      await endsWell(() => readParameters(folder, config))
    }),
    runs,
  )
})

test('any config, and a config with any value at any key', async () => {
  const good = { ...configFiles(config, 'float32')['config.json'] } as Record<string, unknown>
  const rope = { rope_theta: 10, factor: 2, low_freq_factor: 1, high_freq_factor: 4 }
  const value = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.constantFrom(0, 1, 2 ** 31, 2 ** 53, 1e300, null, 'llama', [], {}, true),
    fc.constantFrom('linear', 'llama3', 'yarn').map(rope_type => ({ ...rope, rope_type })),
  )
  const keys = [...Object.keys(good), 'num_labels', 'id2label', 'layer_types', 'sliding_window']
  const changes = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 3 })
  const architecture = fc.constantFrom('LlamaForCausalLM', 'Qwen3ForTokenClassification', 'X')
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), changes, architecture, async (any, changed, name) => {
      await endsWell(() => configOf('config.json', any))
      const json = JSON.parse(JSON.stringify({ ...good, architectures: [name], ...changed }))
      await endsWell(() => readParameters(folder, configOf('config.json', json)))
    }),
    runs,
  )
})

test('bytes that are not JSON, where JSON is expected', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 50 }), async bytes => {
      await writeFile(join(folder, 'config.json'), bytes)
      await endsWell(() => readConfig(folder))
    }),
    { numRuns: 50 },
  )
})
