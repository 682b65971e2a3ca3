import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { qwen2Config, readConfig, writeConfig } from '../../../src/engine/hf/config.ts'
import { DataError, EngineError } from '../../../src/errors.ts'

const root = await mkdtemp(join(tmpdir(), 'minform-'))
let folder = root
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})
afterAll(() => rm(root, { recursive: true }))

const raw = {
  architectures: ['Qwen2ForCausalLM'],
  eos_token_id: 2,
  hidden_act: 'silu',
  hidden_size: 48,
  intermediate_size: 96,
  max_position_embeddings: 512,
  num_attention_heads: 6,
  num_hidden_layers: 3,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 5000,
  tie_word_embeddings: true,
  vocab_size: 1500,
}

async function read(changes: object, generation?: object) {
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...raw, ...changes }))
  if (generation)
    await writeFile(join(folder, 'generation_config.json'), JSON.stringify(generation))
  return readConfig(folder)
}

test('every field of a language model', async () => {
  expect(await read({})).toEqual({
    architecture: 'qwen2',
    head: 'language-model',
    hiddenSize: 48,
    intermediateSize: 96,
    layers: 3,
    heads: 6,
    kvHeads: 2,
    headDim: 8,
    vocabSize: 1500,
    maxPositions: 512,
    ropeTheta: 5000,
    rmsEps: 1e-6,
    tied: true,
    classes: 0,
    eosIds: [2],
    padId: null,
    qkvBias: true,
  })
})

test('spellings of the same thing by old and new transformers', async () => {
  const scaled = { rope_theta: 1e6, rope_type: 'default' }
  expect((await read({ rope_theta: undefined, rope_parameters: scaled })).ropeTheta).toBe(1e6)
  expect((await read({ rope_scaling: null, use_sliding_window: false })).ropeTheta).toBe(5000)
  expect((await read({ sliding_window: 4096 })).maxPositions).toBe(512) // named, but not used
  expect((await read({ eos_token_id: [2, 3] })).eosIds).toEqual([2, 3])
  expect((await read({ eos_token_id: null })).eosIds).toEqual([])
  const generation = { eos_token_id: [7, 8], pad_token_id: 1 }
  expect(await read({}, generation)).toMatchObject({ eosIds: [7, 8], padId: 1 })
})

test('a classifier has the labels it names, two by default, and is never tied', async () => {
  const architectures = ['Qwen2ForTokenClassification']
  const head = { head: 'token-classification', tied: false }
  expect(await read({ architectures })).toMatchObject({ ...head, classes: 2 })
  const id2label = { 0: 'bad', 1: 'neutral', 2: 'good' }
  expect(await read({ architectures, id2label })).toMatchObject({ ...head, classes: 3 })
})

test.each<[object, RegExp]>([
  [{ architectures: ['MambaForCausalLM'] }, /MambaForCausalLM is not supported; supported: Qwen2/],
  [{ architectures: ['toString'] }, /toString is not supported/],
  [{ hidden_act: 'gelu' }, /hidden_act gelu .* expected silu/],
  [{ rope_scaling: { type: 'yarn', factor: 4 } }, /rope scaling yarn/],
  [{ rope_scaling: { factor: 4 } }, /rope scaling of no type/],
  [{ rope_parameters: { rope_type: 'llama3', rope_theta: 1 } }, /rope scaling llama3/],
  [{ use_sliding_window: true }, /use_sliding_window/],
  [{ layer_types: ['full_attention', 'sliding_attention'] }, /layer type sliding_attention/],
  [{ num_attention_heads: 5 }, /gives 9.6 a head/],
  [{ num_key_value_heads: 4 }, /6 heads do not divide into 4/],
])('a model that cannot be run: %j', async (changes, message) => {
  await expect(read(changes)).rejects.toThrow(EngineError)
  await expect(read(changes)).rejects.toThrow(message)
})

test('a file that is not a config', async () => {
  await expect(readConfig(folder)).rejects.toThrow(/config.json: no such file/)
  await expect(read({ hidden_size: '48', vocab_size: 1.5 })).rejects.toThrow(
    /config.json: hidden_size: .*; vocab_size: /,
  )
  await expect(read({}, { eos_token_id: 'x' })).rejects.toThrow(/generation_config.json: eos/)
  await writeFile(join(folder, 'config.json'), '{')
  await expect(readConfig(folder)).rejects.toThrow(DataError)
})

test('a written config reads back the same', async () => {
  const sizes = { vocabSize: 64, hiddenSize: 32, intermediateSize: 48, layers: 2, heads: 4 }
  const language = qwen2Config({
    ...sizes,
    maxPositions: 128,
    kvHeads: 2,
    eosIds: [1, 5],
    padId: 0,
  })
  await writeConfig(folder, language, 'bfloat16')
  expect(await readConfig(folder)).toEqual(language)
  expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toMatchObject({
    architectures: ['Qwen2ForCausalLM'],
    model_type: 'qwen2',
    torch_dtype: 'bfloat16',
  })
  const other = await mkdtemp(join(root, 'case-'))
  const options = { head: 'token-classification', classes: 3, eosIds: [1] } as const
  const classifier = qwen2Config({ ...sizes, maxPositions: 128, ...options })
  await writeConfig(other, classifier, 'float32')
  expect(await readConfig(other)).toEqual(classifier)
  const half = { ...sizes, heads: 5, maxPositions: 8, eosIds: [] }
  expect(() => qwen2Config(half)).toThrow(/6.4 a head/)
})
