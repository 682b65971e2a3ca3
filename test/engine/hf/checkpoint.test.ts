import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import {
  type CheckpointOptions,
  readParameters,
  saveCheckpoint,
} from '../../../src/engine/hf/checkpoint.ts'
import { classifierConfig, freshConfig } from '../../../src/engine/hf/config.ts'
import { readConfig } from '../../../src/engine/hf/config-file.ts'
import { initialise, parameterTable } from '../../../src/engine/hf/parameters.ts'
import { type NamedTensor, writeTensors } from '../../../src/engine/hf/safetensors.ts'
import { DataError, EngineError } from '../../../src/errors.ts'
import { random } from '../../../src/numbers/random.ts'

const fixtures = join(import.meta.dirname, '../../fixtures/hf')
const root = await mkdtemp(join(tmpdir(), 'minform-'))
let folder = root
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})
afterAll(() => rm(root, { recursive: true }))

const shape = {
  architecture: 'qwen2',
  vocabSize: 64,
  hiddenSize: 32,
  intermediateSize: 48,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  maxPositions: 128,
  eosIds: [1],
} as const
const config = freshConfig(shape)
const values = initialise(config, random(2))
const other = freshConfig({ ...shape, layers: 3, tied: false })
const otherValues = initialise(other, random(4))

const load = async (from: string) => {
  const found = await readConfig(from)
  return { config: found, values: await readParameters(from, found) }
}
const weightsOf = async (from: string): Promise<string[]> =>
  (await readdir(from)).filter(name => name.includes('safetensors')).sort()

test.each<[CheckpointOptions, number]>([
  [{}, 0],
  [{ dtype: 'float16' }, 2 ** -11],
  [{ dtype: 'bfloat16', maxShardBytes: 8000 }, 2 ** -8],
])('what is saved is read back: %j', async (options, error) => {
  await saveCheckpoint(folder, config, values, options)
  const found = await load(folder)
  expect(found.config).toEqual(config)
  const worst = values.reduce((most, x, i) => {
    const difference = Math.abs(x - found.values[i]!) - 2 ** -25 // float16 below its normal numbers
    return Math.max(most, difference / Math.max(Math.abs(x), 1e-9))
  }, 0)
  expect(worst).toBeLessThanOrEqual(error)
  expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')).torch_dtype).toBe(
    options.dtype ?? 'float32',
  )
})

test('shards: as few as fit, an index, and never an older layout beside a new one', async () => {
  await writeFile(join(folder, 'notes.txt'), 'mine')
  await saveCheckpoint(folder, config, values, { maxShardBytes: 30_000 })
  const sharded = await weightsOf(folder)
  expect(sharded).toEqual([
    'model-00001-of-00003.safetensors',
    'model-00002-of-00003.safetensors',
    'model-00003-of-00003.safetensors',
    'model.safetensors.index.json',
  ])
  const index = JSON.parse(await readFile(join(folder, sharded[3]!), 'utf8'))
  expect(index.metadata.total_size).toBe(4 * values.length)
  expect(Object.keys(index.weight_map)).toEqual(parameterTable(config).map(({ name }) => name))
  expect((await load(folder)).values).toEqual(values)
  await saveCheckpoint(folder, other, otherValues)
  expect(await weightsOf(folder)).toEqual(['model.safetensors'])
  expect(await load(folder)).toEqual({ config: other, values: otherValues })
  await saveCheckpoint(folder, config, values, { maxShardBytes: 30_000 })
  expect(await weightsOf(folder)).toEqual(sharded)
  expect(await load(folder)).toEqual({ config, values })
  expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
  expect((await readdir(folder)).filter(name => name.startsWith('.'))).toEqual([])
})

test("the tokenizer's files go along, and a model's own Python where its config names it", async () => {
  const from = join(fixtures, 'qwen3')
  await saveCheckpoint(folder, config, values, { tokenizer: from })
  const names = ['chat_template.jinja', 'tokenizer.json', 'tokenizer_config.json']
  expect(await readdir(folder)).toEqual(expect.arrayContaining(names))
  for (const name of names)
    expect(await readFile(join(folder, name))).toEqual(await readFile(join(from, name)))
  const origin = await mkdtemp(join(root, 'case-'))
  await writeFile(join(origin, 'modeling.py'), 'class Model: ...')
  await saveCheckpoint(folder, config, values, { tokenizer: origin })
  expect(await readdir(folder)).not.toContain('modeling.py')
  const named = { ...config, extra: { auto_map: { AutoModel: 'modeling.Model' } } }
  await saveCheckpoint(folder, named, values, { tokenizer: origin })
  expect(await readdir(folder)).toEqual(expect.arrayContaining([...names, 'modeling.py']))
  const nowhere = { tokenizer: join(root, 'nowhere') }
  await expect(saveCheckpoint(folder, config, values, nowhere)).rejects.toThrow(
    /nowhere: the tokenizer cannot be copied/,
  )
})

test('a save that fails says why and leaves what was there', async () => {
  await saveCheckpoint(folder, config, values)
  const damaged = otherValues.slice()
  damaged[7] = Number.NaN
  const failing = saveCheckpoint(folder, other, damaged)
  await expect(failing).rejects.toThrow(DataError)
  await expect(failing).rejects.toThrow(
    /tensor model.embed_tokens.weight: NaN at element 7 is not a finite float32; nothing was saved/,
  )
  const large = otherValues.slice()
  large[70] = 70_000
  await expect(saveCheckpoint(folder, other, large, { dtype: 'float16' })).rejects.toThrow(
    /70000 at element 70 is not a finite float16/,
  )
  expect(await load(folder)).toEqual({ config, values })
  const file = join(folder, 'config.json')
  await expect(saveCheckpoint(join(file, 'model'), config, values)).rejects.toThrow(
    /config.json\/model: cannot be written: ENOTDIR/,
  )
  await expect(saveCheckpoint(file, config, values)).rejects.toThrow(/cannot be written: ENOTDIR/)
  expect(await load(folder)).toEqual({ config, values })
})

test.skipIf(process.getuid?.() === 0)('a folder that may not be written to', async () => {
  const locked = join(folder, 'locked')
  await mkdir(locked)
  await chmod(locked, 0o500)
  await expect(saveCheckpoint(locked, config, values)).rejects.toThrow(/cannot be written: EACCES/)
})

test('weights that are not finite are refused by name', async () => {
  const [first, ...rest] = parameterTable(config).map(({ name, shape, offset, size }) => {
    return { name, shape, values: values.slice(offset, offset + size) }
  }) as [NamedTensor, ...NamedTensor[]]
  await saveCheckpoint(folder, config, values)
  const file = join(folder, 'model.safetensors')
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    await writeTensors(file, [first, ...rest])
    const bytes = await readFile(file)
    bytes.writeFloatLE(bad, 8 + Number(bytes.readBigUInt64LE()) + 4 * 5)
    await writeFile(file, bytes)
    const message = `model.embed_tokens.weight: ${bad} at element 5; expected finite weights`
    await expect(readParameters(folder, config)).rejects.toThrow(message)
    await expect(readParameters(folder, config)).rejects.toThrow(DataError)
  }
})

test('an output head beside a tied one must equal it', async () => {
  await saveCheckpoint(folder, config, values)
  const tensors = parameterTable(config).map(({ name, shape, offset, size }) => {
    return { name, shape, values: values.slice(offset, offset + size) }
  })
  const head = { ...tensors[0]!, name: 'lm_head.weight' }
  const write = (head: NamedTensor) =>
    writeTensors(join(folder, 'model.safetensors'), [...tensors, head])
  await write(head)
  expect((await load(folder)).values).toEqual(values)
  await write({ ...head, values: head.values.map((x, i) => (i === 2000 ? x + 1 : x)) })
  await expect(load(folder)).rejects.toThrow(
    /lm_head.weight differs from the tensor that config.json ties it to; set tie_word_embeddings/,
  )
  await write({ ...head, shape: [1], values: head.values.slice(0, 1) })
  await expect(load(folder)).rejects.toThrow(/lm_head.weight differs/)
})

test('a config that does not fit the weights is refused before room is made for it', async () => {
  await saveCheckpoint(folder, config, values)
  const huge = { ...config, vocabSize: 2 ** 31, hiddenSize: 2 ** 20 }
  await expect(readParameters(folder, huge)).rejects.toThrow(
    /embed_tokens.weight: shape \[64,32\]; expected \[2147483648,1048576\]/,
  )
  expect(() => initialise(huge, random(1))).toThrow(EngineError)
  expect(() => initialise(huge, random(1))).toThrow(/parameters; this engine holds at most/)
})

test('a folder keeps a model; a language model becomes the trunk of a classifier', async () => {
  const values = initialise(config, random(2))
  await saveCheckpoint(folder, config, values)
  expect(await readConfig(folder)).toEqual(config)
  expect(await readParameters(folder, config)).toEqual(values)
  const classifier = classifierConfig(config, 2, 0)
  await expect(readParameters(folder, classifier)).rejects.toThrow(/score.weight/)
  const grown = await readParameters(folder, classifier, {
    random: random(3),
    layers: 0,
  })
  expect(grown.slice(0, values.length)).toEqual(values)
  const head = grown.slice(values.length)
  expect(head.length).toBe(2 * 32 + 2)
  expect(head.subarray(0, 64).every(x => x !== 0)).toBe(true)
  expect([...head.subarray(64)]).toEqual([0, 0])
})

test('new layers below the head write nothing to the residual stream at first', async () => {
  const values = initialise(config, random(2))
  await saveCheckpoint(folder, config, values)
  const taller = classifierConfig(config, 2, 2)
  const grown = await readParameters(folder, taller, { random: random(3), layers: 2 })
  const part = (name: string): Float32Array => {
    const found = parameterTable(taller).find(p => p.name === `model.${name}`)!
    return grown.subarray(found.offset, found.offset + found.size)
  }
  const old = parameterTable(config).find(p => p.name === 'model.layers.1.mlp.down_proj.weight')!
  expect(part('layers.1.mlp.down_proj.weight')).toEqual(
    values.subarray(old.offset, old.offset + old.size),
  )
  for (const layer of [config.layers, config.layers + 1]) {
    expect(part(`layers.${layer}.self_attn.o_proj.weight`).every(x => x === 0)).toBe(true)
    expect(part(`layers.${layer}.mlp.down_proj.weight`).every(x => x === 0)).toBe(true)
    expect(part(`layers.${layer}.mlp.up_proj.weight`).every(x => x !== 0)).toBe(true)
  }
})
