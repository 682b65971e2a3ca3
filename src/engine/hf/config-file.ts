// config.json and generation_config.json of a Hugging Face folder: read into a ModelConfig, and written from one.

import { DataError } from '../../errors.ts'
import { parseJson } from '../../model-source/json.ts'
import { jsonOf, type ModelSource, modelSource } from '../../model-source/model-source.ts'
import {
  checkSizes,
  familyDefaults,
  familyProperties,
  labelNames,
  type ModelConfig,
  type Rope,
} from './config.ts'
import {
  architectureName,
  architectureOf,
  configSchema,
  generationSchema,
  layerKinds,
  type RawConfig,
  refuseUnsupported,
  ropeOf,
  sharpness,
} from './config-schema.ts'
import { finishReplacing } from './replace-files.ts'
import type { WeightType } from './tensor-types.ts'

/**
 * The model that a folder's config.json, or a GGUF file's header, describes; generation_config.json decides the stop
 * tokens. A missing or malformed file is a DataError, a model that cannot be run an EngineError.
 */
export async function readConfig(path: string): Promise<ModelConfig> {
  await finishReplacing(path)
  const source = await modelSource(path)
  const file = source.where('config.json')
  const json = await jsonOf(source, 'config.json')
  if (json === null) throw new DataError(await missing(source, file))
  const generation = (await jsonOf(source, 'generation_config.json')) ?? {}
  return configOf(file, json, source.where('generation_config.json'), generation)
}

async function missing(source: ModelSource, file: string): Promise<string> {
  const names = await source.names().catch(() => [])
  const gguf = names.find(name => name.endsWith('.gguf'))
  return gguf === undefined
    ? `${file}: no such file; expected a Hugging Face folder or a GGUF file`
    : `${file}: no such file; give the GGUF file itself: ${source.where(gguf)}`
}

/** The model that the contents of both files describe; `file` and `generationFile` name them in errors. */
export function configOf(
  file: string,
  json: unknown,
  generationFile = 'generation_config.json',
  generationJson: unknown = {},
): ModelConfig {
  // Before the sizes: another family's config lacks keys that nobody should go looking for.
  const { architectures } = parseJson(file, configSchema.pick({ architectures: true }), json)
  const named = architectureOf(file, architectures[0]!)
  const raw = parseJson(file, configSchema, json)
  refuseUnsupported(file, raw, named)
  const generation = parseJson(generationFile, generationSchema, generationJson)
  const { architecture, head } = named
  const language = head === 'language-model'
  const labels = language ? [] : labelsOf(file, raw)
  const heads = raw.num_attention_heads
  const headSize = architecture === 'qwen3' && raw.head_dim === undefined ? 128 : raw.head_dim
  const usual = familyDefaults(architecture)
  const asked = { attention: raw.attention_bias, mlp: raw.mlp_bias }
  const config: ModelConfig = {
    architecture,
    head,
    hiddenSize: raw.hidden_size,
    intermediateSize: raw.intermediate_size,
    layers: raw.num_hidden_layers,
    heads,
    kvHeads: raw.num_key_value_heads ?? heads,
    headDim: headSize ?? raw.hidden_size / heads,
    vocabSize: raw.vocab_size,
    maxPositions: raw.max_position_embeddings,
    rope: ropeOf(file, raw, usual.theta),
    ...layerKinds(raw, architecture),
    rmsEps: raw.rms_norm_eps,
    initializerRange: raw.initializer_range,
    ...familyProperties(architecture, asked),
    tied: language && (raw.tie_word_embeddings ?? usual.tied),
    classes: labels.length,
    headHidden: named.hidden,
    headBias: !language && (named.hidden || raw.token_classification_bias),
    labels,
    bosId: idOf(raw.bos_token_id),
    eosIds: idList(generation.eos_token_id ?? raw.eos_token_id),
    padId: idOf(generation.pad_token_id ?? raw.pad_token_id),
    extra: others(raw),
    generation: others(generation),
  }
  checkSizes(file, config)
  return config
}

/** What is written to config.json, and to generation_config.json where the model generates. */
export interface ConfigFiles {
  readonly 'config.json': object
  readonly 'generation_config.json'?: object
}

/**
 * config.json and, for a language model, generation_config.json, as transformers and vLLM read them: both spellings where
 * transformers 4 and 5 differ (`torch_dtype` and `dtype`, `rope_scaling` and `rope_parameters`), since each ignores the
 * other's.
 */
export function configFiles(config: ModelConfig, dtype: WeightType): ConfigFiles {
  const ids = {
    bos_token_id: config.bosId,
    eos_token_id: oneOrMany(config.eosIds),
    pad_token_id: config.padId,
  }
  const json = {
    attention_dropout: 0,
    use_cache: true,
    ...config.extra,
    architectures: [architectureName(config)],
    ...ids,
    dtype,
    head_dim: config.headDim,
    hidden_act: 'silu',
    hidden_size: config.hiddenSize,
    initializer_range: config.initializerRange,
    intermediate_size: config.intermediateSize,
    max_position_embeddings: config.maxPositions,
    model_type: config.architecture,
    num_attention_heads: config.heads,
    num_hidden_layers: config.layers,
    num_key_value_heads: config.kvHeads,
    rms_norm_eps: config.rmsEps,
    ...ropeKeys(config),
    tie_word_embeddings: config.tied,
    torch_dtype: dtype,
    vocab_size: config.vocabSize,
    ...familyKeys(config),
    ...(config.head === 'language-model' ? {} : labelKeys(config)),
  }
  if (config.head !== 'language-model') return { 'config.json': json }
  const written = Object.keys(config.generation).length > 0
  const generation = written ? config.generation : { _from_model_config: true }
  return { 'config.json': json, 'generation_config.json': { ...generation, ...ids } }
}

/** The text of such a file. Some versions of transformers refuse a whole number where they expect a float. */
export function configText(json: object): string {
  const floats =
    /"(attention_(?:dropout|factor)|beta_fast|beta_slow|factor|initializer_range|\w+_freq_factor|rope_theta)": \d+(?=,?$)/gm
  return `${JSON.stringify(json, null, 2).replace(floats, '$&.0')}\n`
}

/** Keys that the fields of a ModelConfig stand for, and those that are true of the stored file alone. */
const interpreted: ReadonlySet<string> = new Set([
  ...Object.keys(configSchema.shape),
  ...['attention_dropout', 'dtype', 'label2id', 'torch_dtype', 'use_cache'],
  ...['transformers_version', '_from_model_config'],
])

function others(raw: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(raw).filter(([key]) => !interpreted.has(key)))
}

/** What each class of transformers reads beside the keys that all of them have. */
function familyKeys(config: ModelConfig): object {
  const { architecture, layers, window, slidingLayers, unplacedLayers } = config
  const all = Array.from({ length: layers }, (_, layer) => layer)
  const bias = { attention_bias: config.qkvBias, mlp_bias: config.mlpBias }
  const used = { sliding_window: window, use_sliding_window: window !== null }
  const kinds = {
    layer_types: all.map(l => (slidingLayers.includes(l) ? 'sliding_attention' : 'full_attention')),
  }
  // Versions before 4.53 know only the layer from which on all of them slide.
  const from = layers - slidingLayers.length
  const windows = window === null ? {} : { ...kinds, max_window_layers: from }
  switch (architecture) {
    case 'llama':
      return bias
    case 'mistral':
      return { sliding_window: window }
    case 'qwen2':
      return { ...used, ...windows }
    case 'qwen3':
      return { ...used, ...windows, attention_bias: config.qkvBias }
    case 'smollm3':
      return {
        ...bias,
        ...used,
        ...kinds,
        no_rope_layers: all.map(l => (unplacedLayers.includes(l) ? 0 : 1)),
      }
  }
}

function ropeKeys({ rope }: ModelConfig): object {
  const { kind, theta } = rope
  if (kind === 'default')
    return {
      rope_parameters: { rope_theta: theta, rope_type: kind },
      rope_scaling: null,
      rope_theta: theta,
    }
  const scaling = {
    factor: rope.factor,
    ...(kind === 'llama3'
      ? {
          high_freq_factor: rope.highFrequencyFactor,
          low_freq_factor: rope.lowFrequencyFactor,
          original_max_position_embeddings: rope.originalPositions,
        }
      : {}),
    ...(kind === 'yarn' ? yarnKeys(rope) : {}),
    rope_type: kind,
  }
  return {
    rope_parameters: { ...scaling, rope_theta: theta },
    rope_scaling: scaling,
    rope_theta: theta,
  }
}

function yarnKeys(rope: Extract<Rope, { readonly kind: 'yarn' }>): object {
  const { factor, attentionFactor } = rope
  return {
    ...(attentionFactor === sharpness(factor) ? {} : { attention_factor: attentionFactor }),
    beta_fast: rope.betaFast,
    beta_slow: rope.betaSlow,
    original_max_position_embeddings: rope.originalPositions,
    ...(rope.truncate ? {} : { truncate: false }),
  }
}

function labelKeys({ labels, headBias }: ModelConfig): object {
  return {
    id2label: Object.fromEntries(labels.map((name, i) => [String(i), name])),
    label2id: Object.fromEntries(labels.map((name, i) => [name, i])),
    ...(headBias ? {} : { token_classification_bias: false }),
  }
}

function labelsOf(file: string, { num_labels, id2label }: RawConfig): string[] {
  if (!id2label) return labelNames(num_labels ?? 2)
  const count = Object.keys(id2label).length
  return Array.from({ length: count }, (_, i) => {
    const name = id2label[i]
    if (name === undefined)
      throw new DataError(`${file}: id2label names ${count} classes but not class ${i}`)
    return name
  })
}

/** Old Llama configs write -1 for a token that there is not. */
function idOf(id: number | null | undefined): number | null {
  return id === null || id === undefined || id < 0 ? null : id
}

function idList(ids: number | readonly number[] | null | undefined): readonly number[] {
  return [ids ?? []].flat().filter(id => id >= 0)
}

function oneOrMany(ids: readonly number[]): number | readonly number[] | null {
  if (ids.length === 0) return null
  return ids.length === 1 ? (ids[0] as number) : ids
}
