import { expect, test } from 'vitest'
import { configOf } from '../../../src/engine/hf/config-file.ts'
import { DataError, EngineError } from '../../../src/errors.ts'
import { configOfGguf, single } from '../../../src/model-source/gguf/config.ts'
import type { GgufHeader, GgufTensor, GgufValue } from '../../../src/model-source/gguf/header.ts'
import { divisors, explain } from '../../../src/model-source/gguf/rope-factors.ts'

const embedding = { name: 'token_embd.weight', type: 'F16', shape: [40, 32], offset: 0 }

function header(
  keys: Readonly<Record<string, GgufValue>> = {},
  tensors: readonly GgufTensor[] = [embedding],
): GgufHeader {
  const metadata = {
    'general.architecture': 'qwen3',
    'qwen3.block_count': 2,
    'qwen3.context_length': 64,
    'qwen3.embedding_length': 32,
    'qwen3.feed_forward_length': 48,
    'qwen3.attention.head_count': 4,
    'qwen3.attention.layer_norm_rms_epsilon': Math.fround(1e-6),
    'tokenizer.ggml.tokens': ['a', 'b', 'c'],
    ...keys,
  }
  return { file: 'm.gguf', size: 9999, metadata: new Map(Object.entries(metadata)), tensors }
}

function read(keys: Readonly<Record<string, GgufValue>> = {}, tensors = [embedding]) {
  const { config, generation } = configOfGguf(header(keys, tensors))
  return configOf('m.gguf', config, 'm.gguf', generation)
}

test('what a header leaves out', () => {
  expect(read()).toMatchObject({
    architecture: 'qwen3',
    kvHeads: 4,
    headDim: 8,
    vocabSize: 40, // rows of the embedding, not tokens
    rmsEps: 1e-6,
    rope: { kind: 'default', theta: 10_000 },
    tied: true,
    eosIds: [],
  })
})

test('sizes of heads, the ends of a text, an output of its own, biases', () => {
  const keys = {
    'qwen3.attention.key_length': 16,
    'qwen3.attention.value_length': 16,
    'qwen3.attention.head_count_kv': [2, 2],
    'tokenizer.ggml.eos_token_id': 2,
    'tokenizer.ggml.eot_token_id': 1,
    'tokenizer.ggml.padding_token_id': 0,
  }
  const more = ['output.weight', 'blk.0.attn_q.bias'].map(name => ({ ...embedding, name }))
  const found = read(keys, [embedding, ...more])
  expect(found).toMatchObject({ headDim: 16, kvHeads: 2, eosIds: [2, 1], padId: 0 })
  expect([found.tied, found.qkvBias]).toEqual([false, true])
})

test('scaled positions', () => {
  const rope = 'qwen3.rope.'
  const yarn = {
    [`${rope}freq_base`]: 1e6,
    [`${rope}scaling.type`]: 'yarn',
    [`${rope}scaling.factor`]: 4,
    [`${rope}scaling.original_context_length`]: 32,
  }
  expect(read(yarn).rope).toMatchObject({
    kind: 'yarn',
    theta: 1e6,
    factor: 4,
    originalPositions: 32,
  })
  const linear = { [`${rope}scaling.type`]: 'linear', [`${rope}scaling.factor`]: 2 }
  expect(read(linear).rope).toEqual({ kind: 'linear', theta: 10_000, factor: 2 })
  expect(read({ [`${rope}scale_linear`]: 8 }).rope).toMatchObject({ kind: 'linear', factor: 8 })
  expect(() => read({ [`${rope}scaling.type`]: 'longrope' })).toThrow(EngineError)
})

test.each([
  [{ 'qwen3.expert_count': 8 }, EngineError, 'm.gguf: a mixture of 8 experts is not supported'],
  [{ 'split.count': 3 }, EngineError, 'm.gguf: one of 3 parts of a model; join them'],
  [
    { 'qwen3.rope.dimension_count': 4 },
    EngineError,
    'rope.dimension_count 4 is not supported; expected 8',
  ],
  [
    { 'qwen3.feed_forward_length': [48, 96] },
    EngineError,
    'feed_forward_length differs from layer',
  ],
  [{ 'qwen3.block_count': 'two' }, DataError, 'm.gguf: key qwen3.block_count: '],
  [{ 'tokenizer.ggml.eos_token_id': 3 }, DataError, 'eos_token_id 3; the vocabulary has 3 tokens'],
])('%j', (keys, Kind, message) => {
  expect(() => read(keys)).toThrow(Kind)
  expect(() => read(keys)).toThrow(message)
})

test('a model without an embedding, or without a key', () => {
  expect(() => read({}, [])).toThrow('m.gguf: no tensor token_embd.weight')
  const { metadata, ...rest } = header()
  const less = new Map([...metadata].filter(([key]) => key !== 'qwen3.block_count'))
  expect(() => configOfGguf({ ...rest, metadata: less })).toThrow(
    'm.gguf: no key qwen3.block_count',
  )
})

test.each([
  { factor: 8, low: 1, high: 4, original: 8192 },
  { factor: 32, low: 1, high: 4, original: 8192 },
])('the four numbers behind the factors of Llama 3: %j', scaling => {
  for (const [theta, count] of [
    [500_000, 64],
    [500_000, 8],
    [10_000, 32],
  ] as const)
    expect(explain(Float32Array.from(divisors(scaling, theta, count)), theta)).toEqual(scaling)
  const other = divisors(scaling, 500_000, 64).map(one => Math.sqrt(one))
  expect(explain(other, 500_000)).toBeNull()
})

test('numbers stored as float32 are read as they were written', () => {
  for (const value of [1e-5, 1e-6, 0.1, 1e4, 5e5, 1e6, 1.5, 3])
    expect(single(Math.fround(value))).toBe(value)
})
