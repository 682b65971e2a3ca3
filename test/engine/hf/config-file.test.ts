import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { classifierConfig, freshConfig, type ModelConfig } from '../../../src/engine/hf/config.ts'
import { configFiles, configText, readConfig } from '../../../src/engine/hf/config-file.ts'
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

async function write(config: ModelConfig, dtype: 'float32' | 'bfloat16') {
  for (const [name, json] of Object.entries(configFiles(config, dtype)))
    await writeFile(join(folder, name), JSON.stringify(json))
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
    rope: { kind: 'default', theta: 5000 },
    unplacedLayers: [],
    window: null,
    slidingLayers: [],
    rmsEps: 1e-6,
    initializerRange: 0.02,
    qkvBias: true,
    outputBias: false,
    mlpBias: false,
    qkNorm: false,
    tied: true,
    classes: 0,
    headHidden: false,
    headBias: false,
    labels: [],
    bosId: null,
    eosIds: [2],
    padId: null,
    extra: {},
    generation: {},
  })
})

test('what the families differ in', async () => {
  const properties = async (architecture: string, changes: object = {}) => {
    const config = await read({ architectures: [architecture], ...changes })
    const { qkvBias, outputBias, mlpBias, qkNorm, headDim } = config
    const found = { qkvBias, outputBias, mlpBias, qkNorm }
    return [headDim, ...Object.entries(found).flatMap(([name, is]) => (is ? [name] : []))]
  }
  const biased = { attention_bias: true, mlp_bias: true }
  expect(await properties('Qwen2ForCausalLM', biased)).toEqual([8, 'qkvBias'])
  expect(await properties('LlamaForCausalLM')).toEqual([8])
  expect(await properties('LlamaForCausalLM', { ...biased, head_dim: null })).toEqual([
    8,
    'qkvBias',
    'outputBias',
    'mlpBias',
  ])
  expect(await properties('Qwen3ForCausalLM', { head_dim: 16 })).toEqual([16, 'qkNorm'])
  expect(await properties('Qwen3ForCausalLM', biased)).toEqual([
    128, // what transformers takes where the key is absent
    'qkvBias',
    'outputBias',
    'qkNorm',
  ])
})

test('spellings of the same thing by old and new transformers', async () => {
  expect((await read({ sliding_window: 4096 })).maxPositions).toBe(512) // named, but not used
  expect((await read({ eos_token_id: [2, 3] })).eosIds).toEqual([2, 3])
  expect((await read({ eos_token_id: null })).eosIds).toEqual([])
  expect(await read({ pad_token_id: -1, bos_token_id: 4 })).toMatchObject({ padId: null, bosId: 4 })
  const generation = { eos_token_id: [7, 8], pad_token_id: 1 }
  expect(await read({}, generation)).toMatchObject({ eosIds: [7, 8], padId: 1 })
})

test('rotary positions: theta at the top or beside the scaling, type or rope_type', async () => {
  const rope = async (changes: object) => (await read({ rope_theta: undefined, ...changes })).rope
  expect(await rope({})).toEqual({ kind: 'default', theta: 10_000 })
  const plain = { rope_theta: 1e6, rope_type: 'default' }
  expect(await rope({ rope_parameters: plain })).toEqual({ kind: 'default', theta: 1e6 })
  expect(await rope({ rope_parameters: null, rope_scaling: null, rope_theta: 7 })).toEqual({
    kind: 'default',
    theta: 7,
  })
  const linear = { kind: 'linear', theta: 100, factor: 2 }
  expect(await rope({ rope_scaling: { type: 'linear', factor: 2 }, rope_theta: 100 })).toEqual(
    linear,
  )
  const parameters = { rope_type: 'linear', factor: 2, rope_theta: 100 }
  expect(await rope({ rope_parameters: parameters })).toEqual(linear)
  expect(await rope({ rope_parameters: plain, rope_scaling: parameters })).toEqual(linear)
  const llama3 = { factor: 8, low_freq_factor: 1, high_freq_factor: 4 }
  const scaled = { rope_type: 'llama3', ...llama3, original_max_position_embeddings: 64 }
  const expected = {
    kind: 'llama3',
    theta: 5e5,
    factor: 8,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
    originalPositions: 64,
  }
  expect(await rope({ rope_scaling: scaled, rope_theta: 5e5 })).toEqual(expected)
  expect(await rope({ rope_parameters: { ...scaled, rope_theta: 5e5 } })).toEqual(expected)
  const dynamic = { kind: 'dynamic', theta: 10_000, factor: 2 }
  expect(await rope({ rope_scaling: { type: 'dynamic', factor: 2 } })).toEqual(dynamic)
})

test('yarn: what is left out, and what sharpens attention', async () => {
  const yarn = async (changes: object) => {
    const scaling = { rope_type: 'yarn', factor: 4, ...changes }
    return (await read({ rope_theta: 100, rope_scaling: scaling })).rope
  }
  const usual = {
    kind: 'yarn',
    theta: 100,
    factor: 4,
    attentionFactor: 0.1 * Math.log(4) + 1,
    betaFast: 32,
    betaSlow: 1,
    truncate: true,
    originalPositions: 512,
  }
  expect(await yarn({})).toEqual(usual)
  const original = { original_max_position_embeddings: 64 }
  expect(await yarn(original)).toEqual({ ...usual, originalPositions: 64 })
  expect(await yarn({ ...original, factor: null })).toMatchObject({ factor: 8 })
  expect(await yarn({ factor: 0.5 })).toMatchObject({ attentionFactor: 1 })
  expect(await yarn({ attention_factor: 2, mscale: 3 })).toMatchObject({ attentionFactor: 2 })
  expect(await yarn({ mscale: 3 })).toMatchObject(usual)
  expect(await yarn({ mscale: 1, mscale_all_dim: 2 })).toMatchObject({
    attentionFactor: (0.1 * Math.log(4) + 1) / (0.2 * Math.log(4) + 1),
  })
  const own = { beta_fast: 16, beta_slow: 2, truncate: false }
  expect(await yarn(own)).toMatchObject({ betaFast: 16, betaSlow: 2, truncate: false })
})

test('a classifier has the labels it names, two by default, and is never tied', async () => {
  const architectures = ['Qwen2ForTokenClassification']
  const head = { head: 'token-classification', tied: false, headHidden: false, headBias: true }
  expect(await read({ architectures })).toMatchObject({ ...head, classes: 2 })
  const id2label = { 0: 'bad', 1: 'neutral', 2: 'good' }
  const labels = ['bad', 'neutral', 'good']
  expect(await read({ architectures, id2label })).toMatchObject({ ...head, classes: 3, labels })
  expect(await read({ architectures, num_labels: 1 })).toMatchObject({ ...head, classes: 1 })
  const bare = { architectures, token_classification_bias: false }
  expect(await read(bare)).toMatchObject({ headBias: false })
  await expect(read({ architectures, id2label: { 0: 'a', 2: 'b' } })).rejects.toThrow(/not class 1/)
  const hidden = { architectures: ['Qwen2ForProcessRewardModel'] }
  expect(await read(hidden)).toMatchObject({ ...head, headHidden: true, classes: 2 })
})

test('sliding windows, as each family says where they are', async () => {
  const windows = async (architecture: string, changes: object) => {
    const at = { architectures: [architecture], max_position_embeddings: 8192, ...changes }
    const { window, slidingLayers } = await read(at)
    return [window, slidingLayers]
  }
  const none = [null, []]
  const used = { use_sliding_window: true, sliding_window: 16 }
  const types = ['full_attention', 'sliding_attention', 'full_attention']
  for (const architecture of ['Qwen2ForCausalLM', 'Qwen3ForCausalLM']) {
    expect(await windows(architecture, { sliding_window: 16, max_window_layers: 0 })).toEqual(none)
    expect(await windows(architecture, used)).toEqual(none) // it starts at layer 28
    expect(await windows(architecture, { ...used, max_window_layers: 1 })).toEqual([16, [1, 2]])
    expect(await windows(architecture, { ...used, layer_types: types })).toEqual([16, [1]])
    const usual = { use_sliding_window: true, max_window_layers: 2 }
    expect(await windows(architecture, usual)).toEqual([4096, [2]])
  }
  expect(await windows('MistralForCausalLM', { sliding_window: 16 })).toEqual([16, [0, 1, 2]])
  expect(await windows('MistralForCausalLM', { sliding_window: null })).toEqual(none)
  expect(await windows('MistralForCausalLM', {})).toEqual([4096, [0, 1, 2]])
  expect(await windows('MistralForCausalLM', { layer_types: types })).toEqual([4096, [0, 1, 2]])
  expect(await windows('LlamaForCausalLM', used)).toEqual(none)
  const sparse = { ...used, no_rope_layers: [1, 0, 1] }
  expect(await windows('SmolLM3ForCausalLM', sparse)).toEqual([16, [1]])
  expect(await windows('SmolLM3ForCausalLM', { use_sliding_window: true })).toEqual(none)
  expect(await windows('SmolLM3ForCausalLM', { ...sparse, layer_types: types })).toEqual([16, [1]])
})

test('a window that no sequence can leave is none', async () => {
  const mistral = { architectures: ['MistralForCausalLM'], sliding_window: 512 }
  expect(await read(mistral)).toMatchObject({ window: null, slidingLayers: [] })
  expect((await read({ ...mistral, sliding_window: 511 })).window).toBe(511)
})

test('layers without positions, of SmolLM3 alone', async () => {
  const unplaced = async (changes: object, architecture = 'SmolLM3ForCausalLM') =>
    (await read({ architectures: [architecture], num_hidden_layers: 9, ...changes })).unplacedLayers
  expect(await unplaced({})).toEqual([3, 7])
  expect(await unplaced({ no_rope_layer_interval: 3 })).toEqual([2, 5, 8])
  expect(await unplaced({ no_rope_layers: [0, 1, 1, 1, 1, 1, 1, 1, 0] })).toEqual([0, 8])
  expect(await unplaced({}, 'LlamaForCausalLM')).toEqual([])
  const bare = {
    architectures: ['SmolLM3ForCausalLM'],
    rope_theta: null,
    tie_word_embeddings: null,
  }
  expect(await read(bare)).toMatchObject({ tied: true, rope: { theta: 2e6 } })
})

test.each<[object, RegExp]>([
  [{ architectures: ['MambaForCausalLM'] }, /MambaForCausalLM is not supported; supported: Qwen2/],
  [{ architectures: ['toString'] }, /toString is not supported/],
  [{ model_type: 'llama' }, /model_type llama with Qwen2ForCausalLM .* expected qwen2/],
  [{ hidden_act: 'gelu' }, /hidden_act gelu .* expected silu/],
  [{ quantization_config: { bits: 4 } }, /quantization_config .* expected float32/],
  [{ rope_scaling: { type: 'longrope', factor: 4 } }, /rope scaling longrope .* llama3 or yarn/],
  [{ rope_scaling: { type: 'yarn' } }, /rope scaling yarn without factor/],
  [{ rope_scaling: { type: 'yarn', factor: 4 }, rope_theta: 1 }, /yarn .* theta 1; .* above 1/],
  [{ layer_types: ['chunked_attention'] }, /layer type chunked_attention .* full_attention or/],
  [{ layer_types: ['full_attention'] }, /layer_types of 1 layers .* expected 3/],
  [{ rope_scaling: { factor: 4 } }, /rope scaling of no type/],
  [{ rope_scaling: { type: 'linear' } }, /rope scaling linear without factor/],
  [{ rope_parameters: { rope_type: 'llama3', factor: 2 } }, /llama3 without low_freq_factor/],
  [{ partial_rotary_factor: 0.5 }, /partial_rotary_factor 0.5/],
  [{ num_attention_heads: 5 }, /gives 9.6 a head/],
  [{ num_key_value_heads: 4 }, /6 heads do not divide into 4/],
])('a model that cannot be run: %j', async (changes, message) => {
  await expect(read(changes)).rejects.toThrow(EngineError)
  await expect(read(changes)).rejects.toThrow(message)
})

test('a file that is not a config', async () => {
  await expect(readConfig(folder)).rejects.toThrow(/config.json: no such file/)
  await expect(read({ vocab_size: 1e12 })).rejects.toThrow(
    'a vocabulary of 1000000000000; expected at most 16777216',
  )
  await expect(read({ hidden_size: '48', vocab_size: 1.5 })).rejects.toThrow(
    /config.json: hidden_size: .*; vocab_size: /,
  )
  await expect(read({}, { eos_token_id: 'x' })).rejects.toThrow(/generation_config.json: eos/)
  await expect(readConfig(join(folder, 'config.json'))).rejects.toThrow(DataError) // not a folder
  await writeFile(join(folder, 'config.json'), '{')
  await expect(readConfig(folder)).rejects.toThrow(DataError)
})

const sizes = { vocabSize: 64, hiddenSize: 32, intermediateSize: 48, layers: 2, heads: 4 }
const fresh = { ...sizes, maxPositions: 128, kvHeads: 2, eosIds: [1, 5], padId: 0 }
const rope = {
  kind: 'llama3',
  theta: 5e5,
  factor: 8,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
  originalPositions: 64,
} as const

const yarn = {
  kind: 'yarn',
  theta: 100,
  factor: 2,
  attentionFactor: 1.5,
  betaFast: 8,
  betaSlow: 2,
  truncate: false,
  originalPositions: 64,
} as const

test.each([
  freshConfig({ ...fresh, architecture: 'qwen2' }),
  freshConfig({ ...fresh, architecture: 'qwen2', head: 'token-classification', classes: 3 }),
  freshConfig({ ...fresh, architecture: 'qwen2', head: 'token-classification', headHidden: true }),
  freshConfig({ ...fresh, architecture: 'qwen3', headDim: 16, attentionBias: true }),
  freshConfig({ ...fresh, architecture: 'llama', attentionBias: true, mlpBias: true, rope }),
  freshConfig({
    ...fresh,
    architecture: 'llama',
    tied: false,
    rope: { kind: 'linear', theta: 100, factor: 2 },
  }),
  freshConfig({
    ...fresh,
    architecture: 'llama',
    rope: { kind: 'dynamic', theta: 100, factor: 2 },
  }),
  freshConfig({ ...fresh, architecture: 'qwen2', rope: yarn }),
  freshConfig({ ...fresh, architecture: 'qwen3', window: 5, slidingLayers: [0] }),
  freshConfig({ ...fresh, architecture: 'qwen2', window: 5 }),
  freshConfig({ ...fresh, architecture: 'mistral', window: 5, headDim: 16 }),
  freshConfig({ ...fresh, architecture: 'mistral', head: 'token-classification' }),
  freshConfig({ ...fresh, architecture: 'smollm3', unplacedLayers: [1], mlpBias: true }),
  freshConfig({ ...fresh, architecture: 'smollm3', window: 5, slidingLayers: [0] }),
])('a written config reads back the same: $architecture, $head', async config => {
  await write(config, 'bfloat16')
  expect(await readConfig(folder)).toEqual(config)
})

test.each([
  freshConfig({ ...fresh, architecture: 'mistral', window: 5 }),
  freshConfig({ ...fresh, architecture: 'qwen2', window: 5, slidingLayers: [1] }),
  freshConfig({ ...fresh, architecture: 'smollm3', unplacedLayers: [1] }),
])(
  'a classifier with a layer more than its trunk reads back the same: $architecture',
  async trunk => {
    const config = classifierConfig(trunk, 2, 1)
    await write(config, 'float32')
    expect(await readConfig(folder)).toEqual({ ...config, generation: {} })
    expect(config.slidingLayers).toEqual(trunk.window === null ? [] : [...trunk.slidingLayers, 2])
    expect(config.unplacedLayers).toEqual(trunk.unplacedLayers)
  },
)

test('a written config has the keys of transformers 4 and 5', async () => {
  const llama = freshConfig({ ...fresh, architecture: 'llama', rope })
  await write(llama, 'bfloat16')
  const scaling = {
    factor: 8,
    high_freq_factor: 4,
    low_freq_factor: 1,
    original_max_position_embeddings: 64,
    rope_type: 'llama3',
  }
  expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toMatchObject({
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    torch_dtype: 'bfloat16',
    dtype: 'bfloat16',
    rope_theta: 5e5,
    rope_scaling: scaling,
    rope_parameters: { ...scaling, rope_theta: 5e5 },
  })
})

test('floats that are whole are written as floats', () => {
  const rope = { kind: 'linear', theta: 10_000, factor: 2 } as const
  const config = freshConfig({ ...fresh, architecture: 'llama', rope })
  const text = configText(configFiles(config, 'float32')['config.json'])
  expect(text.match(/.*"(factor|rope_theta|attention_dropout)".*/g)?.map(x => x.trim())).toEqual([
    '"attention_dropout": 0.0,',
    '"factor": 2.0,',
    '"rope_theta": 10000.0',
    '"factor": 2.0,',
    '"rope_theta": 10000.0,',
  ])
  expect(text).toContain('"vocab_size": 64')
  expect(JSON.parse(text)).toEqual(configFiles(config, 'float32')['config.json'])
})

test('keys that are not interpreted, and the names of classes, are kept', async () => {
  const architectures = ['Qwen2ForTokenClassification']
  const own = { auto_map: { AutoModel: 'modeling.Model' }, id2label: { 0: 'bad', 1: 'good' } }
  const config = await read({ architectures, ...own, transformers_version: '4.46.3' })
  await write(config, 'float32')
  const written = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))
  expect(written).toMatchObject({ ...own, label2id: { bad: 0, good: 1 } })
  expect(written.transformers_version).toBeUndefined()
})

test('how a model likes to be sampled is kept', async () => {
  const own = { do_sample: true, temperature: 0.7, top_k: 20 }
  const config = await read({}, { ...own, eos_token_id: [3, 2], transformers_version: '4.37.0' })
  await write(config, 'float32')
  const written = JSON.parse(await readFile(join(folder, 'generation_config.json'), 'utf8'))
  expect(written).toEqual({ ...own, bos_token_id: null, eos_token_id: [3, 2], pad_token_id: null })
})

test('sizes that do not fit are refused', () => {
  const half = { ...fresh, architecture: 'qwen2', heads: 5, kvHeads: 5 } as const
  expect(() => freshConfig(half)).toThrow(/6.4 a head/)
  const upside = { ...rope, highFrequencyFactor: 1 }
  expect(() => freshConfig({ ...fresh, architecture: 'llama', rope: upside })).toThrow(
    /high frequency factor 1; expected more than the low one, 1/,
  )
})
