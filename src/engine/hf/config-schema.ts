// The keys of config.json that decide what a model computes, as transformers 4 and 5 write them.

import { z } from 'zod'
import { EngineError } from '../../errors.ts'
import { type Architecture, checkLayers, type ModelConfig, type Rope } from './config.ts'

const size = z.int().positive()
const positive = z.number().positive()
const tokenId = z.int()

/** A key that may be absent or null. */
function or<T>(value: T, schema: z.ZodType<T>) {
  return schema.nullish().transform(found => found ?? value)
}

/** Stop and padding tokens, as config.json and generation_config.json both give them. */
export const generationSchema = z.looseObject({
  bos_token_id: tokenId.nullish(),
  eos_token_id: z.union([tokenId, z.array(tokenId)]).nullish(),
  pad_token_id: tokenId.nullish(),
})

const rope = z.looseObject({
  rope_theta: positive.nullish(),
  rope_type: z.string().nullish(),
  type: z.string().nullish(),
  factor: positive.nullish(),
  low_freq_factor: positive.nullish(),
  high_freq_factor: positive.nullish(),
  original_max_position_embeddings: size.nullish(),
  partial_rotary_factor: positive.nullish(),
  attention_factor: positive.nullish(),
  beta_fast: positive.nullish(),
  beta_slow: positive.nullish(),
  mscale: z.number().nonnegative().nullish(),
  mscale_all_dim: z.number().nonnegative().nullish(),
  truncate: or(true, z.boolean()),
})
type RawRope = z.infer<typeof rope>

export const configSchema = z.looseObject({
  ...generationSchema.shape,
  architectures: z.array(z.string()).min(1),
  model_type: z.string().nullish(),
  hidden_size: size,
  intermediate_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  vocab_size: size,
  rms_norm_eps: or(1e-6, positive),
  initializer_range: or(0.02, z.number().nonnegative()),
  rope_theta: positive.nullish(),
  rope_parameters: rope.nullish(),
  rope_scaling: rope.nullish(),
  original_max_position_embeddings: size.nullish(),
  partial_rotary_factor: positive.nullish(),
  tie_word_embeddings: z.boolean().nullish(),
  max_position_embeddings: size,
  hidden_act: or('silu', z.string()),
  attention_bias: or(false, z.boolean()),
  mlp_bias: or(false, z.boolean()),
  token_classification_bias: or(true, z.boolean()),
  num_labels: size.nullish(),
  id2label: z.record(z.string().regex(/^\d+$/), z.string()).nullish(),
  no_rope_layers: z.array(z.int()).nullish(),
  no_rope_layer_interval: or(4, size),
  use_sliding_window: z.boolean().nullish(),
  sliding_window: size.nullish(),
  max_window_layers: or(28, z.int().nonnegative()),
  layer_types: z.array(z.string()).nullish(),
  quantization_config: z.unknown().optional(),
})
export type RawConfig = z.infer<typeof configSchema>

/** What an entry of `architectures` stands for. */
export interface Named {
  readonly architecture: Architecture
  readonly head: ModelConfig['head']
  readonly hidden: boolean // the classification head has a hidden layer
}

const prefixes: Readonly<Record<Architecture, string>> = {
  qwen2: 'Qwen2',
  qwen3: 'Qwen3',
  llama: 'Llama',
  mistral: 'Mistral',
  smollm3: 'SmolLM3',
}
const suffixes: Readonly<Record<string, Omit<Named, 'architecture'>>> = {
  ForCausalLM: { head: 'language-model', hidden: false },
  ForTokenClassification: { head: 'token-classification', hidden: false },
  ForProcessRewardModel: { head: 'token-classification', hidden: true },
}
const names = new Map<string, Named>(
  Object.entries(prefixes).flatMap(([architecture, prefix]) =>
    Object.entries(suffixes).map(([suffix, named]) => [
      prefix + suffix,
      { architecture: architecture as Architecture, ...named },
    ]),
  ),
)

/** What a class of transformers is; an EngineError for one that cannot be run, saying which can. */
export function architectureOf(file: string, name: string): Named {
  const found = names.get(name)
  if (found !== undefined) return found
  throw new EngineError(
    `${file}: architecture ${name} is not supported; supported: ${[...names.keys()].join(', ')}`,
  )
}

/** The class of transformers that a config is an instance of. */
export function architectureName({ architecture, head, headHidden }: ModelConfig): string {
  const suffix = Object.keys(suffixes).find(
    name => suffixes[name]!.head === head && suffixes[name]!.hidden === headHidden,
  )
  return prefixes[architecture] + suffix
}

/** Rotary positions from either spelling; old `rope_scaling` goes before new `rope_parameters`, as transformers 5 reads. */
export function ropeOf(file: string, raw: RawConfig, defaultTheta: number): Rope {
  const scaling = Object.keys(raw.rope_scaling ?? {}).length > 0 ? raw.rope_scaling : null
  const found: Partial<RawRope> = scaling ?? raw.rope_parameters ?? {}
  const theta = found.rope_theta ?? raw.rope_theta ?? defaultTheta
  const kind = found.rope_type ?? found.type ?? (scaling ? 'of no type' : 'default')
  const partial = found.partial_rotary_factor ?? raw.partial_rotary_factor ?? 1
  if (partial !== 1)
    throw new EngineError(`${file}: partial_rotary_factor ${partial} is not supported; expected 1`)
  const need = (key: 'factor' | 'low_freq_factor' | 'high_freq_factor'): number => {
    const value = found[key]
    if (value === null || value === undefined)
      throw new EngineError(`${file}: rope scaling ${kind} without ${key}; expected a number`)
    return value
  }
  const originalPositions =
    raw.original_max_position_embeddings ??
    found.original_max_position_embeddings ??
    raw.max_position_embeddings
  if (kind === 'default') return { kind, theta }
  if (kind === 'linear' || kind === 'dynamic') return { kind, theta, factor: need('factor') }
  if (kind === 'yarn') {
    const told = found.factor !== null // which means: as far as the positions reach
    const factor = told ? need('factor') : raw.max_position_embeddings / originalPositions
    return { kind, theta, factor, ...yarnOf(found, factor), originalPositions }
  }
  if (kind === 'llama3')
    return {
      kind,
      theta,
      factor: need('factor'),
      lowFrequencyFactor: need('low_freq_factor'),
      highFrequencyFactor: need('high_freq_factor'),
      originalPositions,
    }
  throw new EngineError(
    `${file}: rope scaling ${kind} is not supported; expected default, linear, dynamic, llama3 or yarn`,
  )
}

type Yarn = Extract<Rope, { readonly kind: 'yarn' }>

function yarnOf(
  found: Partial<RawRope>,
  factor: number,
): Pick<Yarn, 'attentionFactor' | 'betaFast' | 'betaSlow' | 'truncate'> {
  const { mscale, mscale_all_dim: all } = found
  const usual = mscale && all ? sharpness(factor, mscale) / sharpness(factor, all) : undefined
  return {
    attentionFactor: found.attention_factor ?? usual ?? sharpness(factor),
    betaFast: found.beta_fast ?? 32,
    betaSlow: found.beta_slow ?? 1,
    truncate: found.truncate ?? true,
  }
}

/** What queries and keys of positions that are `factor` times as dense are multiplied by (arXiv:2309.00071, eq. 22). */
export function sharpness(factor: number, scale = 1): number {
  return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1
}

/** Which layers see a window of tokens alone, and which turn nothing, as the family's class in transformers reads it. */
export function layerKinds(
  raw: RawConfig,
  architecture: Architecture,
): Pick<ModelConfig, 'unplacedLayers' | 'window' | 'slidingLayers'> {
  const layers = Array.from({ length: raw.num_hidden_layers }, (_, layer) => layer)
  const unplacedLayers = architecture === 'smollm3' ? layers.filter(l => isUnplaced(raw, l)) : []
  const window = windowOf(raw, architecture)
  // A window that no sequence can leave changes nothing.
  if (window === null || window >= raw.max_position_embeddings)
    return { unplacedLayers, window: null, slidingLayers: [] }
  const isSliding = (layer: number): boolean => {
    if (architecture === 'mistral') return true
    const type = raw.layer_types?.[layer]
    if (type !== undefined) return type === 'sliding_attention'
    return architecture === 'smollm3'
      ? unplacedLayers.includes(layer)
      : layer >= raw.max_window_layers
  }
  const slidingLayers = layers.filter(isSliding)
  return { unplacedLayers, window: slidingLayers.length > 0 ? window : null, slidingLayers }
}

function isUnplaced({ no_rope_layers, no_rope_layer_interval }: RawConfig, layer: number): boolean {
  return (no_rope_layers?.[layer] ?? (layer + 1) % no_rope_layer_interval) === 0
}

/** null where there is none; each class has a default of its own for a key that is absent. */
function windowOf(raw: RawConfig, architecture: Architecture): number | null {
  const { sliding_window: given, use_sliding_window: used } = raw
  if (architecture === 'llama') return null
  if (architecture === 'mistral') return given === undefined ? 4096 : given
  if (!used) return null
  return given === undefined && architecture !== 'smollm3' ? 4096 : (given ?? null)
}

/** Refuses, with an EngineError, what would make the graph compute something else than transformers does. */
export function refuseUnsupported(file: string, raw: RawConfig, named: Named): void {
  const refuse = (what: string, expected: string): never => {
    throw new EngineError(`${file}: ${what} is not supported; expected ${expected}`)
  }
  checkLayers(file, raw.num_hidden_layers)
  if (raw.hidden_act !== 'silu') refuse(`hidden_act ${raw.hidden_act}`, 'silu')
  if (raw.quantization_config) refuse('quantization_config', 'float32, float16 or bfloat16 weights')
  const { model_type: type, layer_types: types, no_rope_layers: turned } = raw
  if (type && type !== named.architecture && Object.hasOwn(prefixes, type))
    refuse(`model_type ${type} with ${raw.architectures[0]}`, named.architecture)
  const other = types?.find(name => !attentionTypes.includes(name))
  if (other !== undefined) refuse(`layer type ${other}`, attentionTypes.join(' or '))
  const layers = raw.num_hidden_layers
  for (const [key, list] of Object.entries({ layer_types: types, no_rope_layers: turned }))
    if (list && list.length < layers) refuse(`${key} of ${list.length} layers`, `${layers}`)
}

const attentionTypes = ['full_attention', 'sliding_attention']
