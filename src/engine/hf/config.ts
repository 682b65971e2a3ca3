// config.json and generation_config.json of a Hugging Face folder, read into the few numbers that shape a model.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { DataError, EngineError } from '../../errors.ts'

/** What shapes a model: everything that its graph and its list of parameters depend on. */
export interface ModelConfig {
  readonly architecture: 'qwen2'
  readonly head: 'language-model' | 'token-classification'
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly vocabSize: number
  readonly maxPositions: number
  readonly ropeTheta: number
  readonly rmsEps: number
  readonly tied: boolean // the output head is the embedding; never for token classification
  readonly classes: number // 0 for a language model
  readonly eosIds: readonly number[]
  readonly padId: number | null
  readonly qkvBias: true
}

export type WeightType = 'float32' | 'bfloat16'

const heads = {
  Qwen2ForCausalLM: 'language-model',
  Qwen2ForTokenClassification: 'token-classification',
} as const

const size = z.number().int().positive()
const tokenId = z.number().int().nonnegative()
const eos = z.union([tokenId, z.array(tokenId)]).nullish()
const rope = z.looseObject({
  rope_theta: z.number().positive().optional(),
  rope_type: z.string().optional(),
  type: z.string().optional(),
})

const schema = z.looseObject({
  architectures: z.array(z.string()).min(1),
  hidden_size: size,
  intermediate_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  vocab_size: size,
  rms_norm_eps: z.number().positive(),
  rope_theta: z.number().positive().nullish(),
  rope_parameters: rope.nullish(),
  rope_scaling: rope.nullish(),
  tie_word_embeddings: z.boolean().optional(),
  max_position_embeddings: size,
  eos_token_id: eos,
  pad_token_id: tokenId.nullish(),
  hidden_act: z.string(),
  num_labels: size.optional(),
  id2label: z.record(z.string(), z.string()).nullish(),
  use_sliding_window: z.boolean().nullish(),
  layer_types: z.array(z.string()).nullish(),
})
type RawConfig = z.infer<typeof schema>

const generationSchema = z.looseObject({ eos_token_id: eos, pad_token_id: tokenId.nullish() })

/** The model that a folder's config.json describes; generation_config.json decides the stop tokens. */
export async function readConfig(folder: string): Promise<ModelConfig> {
  const file = join(folder, 'config.json')
  const json = await readJson(file)
  if (json === null) throw new DataError(`${file}: no such file; expected a Hugging Face folder`)
  const head = headOf(file, json)
  const raw = parse(file, schema, json)
  refuseUnsupported(file, raw)
  const generationFile = join(folder, 'generation_config.json')
  const generationJson = await readJson(generationFile)
  const generation =
    generationJson === null ? {} : parse(generationFile, generationSchema, generationJson)
  const labels = raw.num_labels ?? (raw.id2label ? Object.keys(raw.id2label).length : 2)
  const config: ModelConfig = {
    architecture: 'qwen2',
    head,
    hiddenSize: raw.hidden_size,
    intermediateSize: raw.intermediate_size,
    layers: raw.num_hidden_layers,
    heads: raw.num_attention_heads,
    kvHeads: raw.num_key_value_heads ?? raw.num_attention_heads,
    headDim: raw.head_dim ?? raw.hidden_size / raw.num_attention_heads,
    vocabSize: raw.vocab_size,
    maxPositions: raw.max_position_embeddings,
    ropeTheta: raw.rope_parameters?.rope_theta ?? raw.rope_theta ?? 10_000,
    rmsEps: raw.rms_norm_eps,
    tied: head === 'language-model' && (raw.tie_word_embeddings ?? false),
    classes: head === 'language-model' ? 0 : labels,
    eosIds: idList(generation.eos_token_id ?? raw.eos_token_id),
    padId: generation.pad_token_id ?? raw.pad_token_id ?? null,
    qkvBias: true,
  }
  checkSizes(file, config)
  return config
}

/** The config of a fresh Qwen2 model; `kvHeads` defaults to `heads`. */
export function qwen2Config(options: {
  readonly vocabSize: number
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads?: number
  readonly maxPositions: number
  readonly head?: ModelConfig['head']
  readonly classes?: number // of token classification; default 2
  readonly tied?: boolean // of a language model; default true
  readonly ropeTheta?: number
  readonly rmsEps?: number
  readonly eosIds: readonly number[]
  readonly padId?: number | null
}): ModelConfig {
  const head = options.head ?? 'language-model'
  const config: ModelConfig = {
    architecture: 'qwen2',
    head,
    hiddenSize: options.hiddenSize,
    intermediateSize: options.intermediateSize,
    layers: options.layers,
    heads: options.heads,
    kvHeads: options.kvHeads ?? options.heads,
    headDim: options.hiddenSize / options.heads,
    vocabSize: options.vocabSize,
    maxPositions: options.maxPositions,
    ropeTheta: options.ropeTheta ?? 10_000,
    rmsEps: options.rmsEps ?? 1e-6,
    tied: head === 'language-model' && (options.tied ?? true),
    classes: head === 'language-model' ? 0 : (options.classes ?? 2),
    eosIds: [...options.eosIds],
    padId: options.padId ?? null,
    qkvBias: true,
  }
  checkSizes('qwen2Config', config)
  return config
}

/** Writes config.json and, for a language model, generation_config.json, as transformers reads them. */
export async function writeConfig(
  folder: string,
  config: ModelConfig,
  dtype: WeightType,
): Promise<void> {
  const ids = { eos_token_id: oneOrMany(config.eosIds), pad_token_id: config.padId }
  const language = config.head === 'language-model'
  const json = {
    architectures: [language ? 'Qwen2ForCausalLM' : 'Qwen2ForTokenClassification'],
    attention_dropout: 0,
    bos_token_id: null,
    ...ids,
    head_dim: config.headDim,
    hidden_act: 'silu',
    hidden_size: config.hiddenSize,
    initializer_range: 0.02,
    intermediate_size: config.intermediateSize,
    max_position_embeddings: config.maxPositions,
    model_type: 'qwen2',
    num_attention_heads: config.heads,
    num_hidden_layers: config.layers,
    num_key_value_heads: config.kvHeads,
    rms_norm_eps: config.rmsEps,
    rope_scaling: null,
    rope_theta: config.ropeTheta,
    sliding_window: null,
    tie_word_embeddings: config.tied,
    torch_dtype: dtype,
    use_cache: true,
    use_sliding_window: false,
    vocab_size: config.vocabSize,
    ...(language ? {} : labelNames(config.classes)),
  }
  await writeJson(join(folder, 'config.json'), json)
  if (language)
    await writeJson(join(folder, 'generation_config.json'), { _from_model_config: true, ...ids })
}

function headOf(file: string, json: unknown): ModelConfig['head'] {
  const { architectures } = parse(
    file,
    z.looseObject({ architectures: schema.shape.architectures }),
    json,
  )
  const found = architectures[0] as string
  if (!Object.hasOwn(heads, found))
    throw new EngineError(
      `${file}: architecture ${found} is not supported; supported: ${Object.keys(heads).join(', ')}`,
    )
  return heads[found as keyof typeof heads]
}

function refuseUnsupported(file: string, raw: RawConfig): void {
  const refuse = (what: string, expected: string): never => {
    throw new EngineError(`${file}: ${what} is not supported; expected ${expected}`)
  }
  if (raw.hidden_act !== 'silu') refuse(`hidden_act ${raw.hidden_act}`, 'silu')
  const scaling =
    raw.rope_scaling && (raw.rope_scaling.rope_type ?? raw.rope_scaling.type ?? 'of no type')
  const rope = scaling ?? raw.rope_parameters?.rope_type ?? 'default'
  if (rope !== 'default') refuse(`rope scaling ${rope}`, 'default')
  if (raw.use_sliding_window) refuse('use_sliding_window true', 'false')
  const layer = raw.layer_types?.find(type => type !== 'full_attention')
  if (layer !== undefined) refuse(`layer type ${layer}`, 'full_attention')
}

function checkSizes(where: string, config: ModelConfig): void {
  const { hiddenSize, heads, kvHeads, headDim } = config
  if (!Number.isInteger(headDim) || headDim % 2 !== 0)
    throw new EngineError(
      `${where}: hidden size ${hiddenSize} in ${heads} heads gives ${headDim} a head; expected an even integer`,
    )
  if (heads % kvHeads !== 0)
    throw new EngineError(`${where}: ${heads} heads do not divide into ${kvHeads} key-value heads`)
}

function labelNames(classes: number): object {
  const names = Array.from({ length: classes }, (_, i) => `LABEL_${i}`)
  return {
    id2label: Object.fromEntries(names.map((name, i) => [String(i), name])),
    label2id: Object.fromEntries(names.map((name, i) => [name, i])),
  }
}

function idList(ids: number | readonly number[] | null | undefined): readonly number[] {
  if (ids === null || ids === undefined) return []
  return typeof ids === 'number' ? [ids] : ids
}

function oneOrMany(ids: readonly number[]): number | readonly number[] | null {
  if (ids.length === 0) return null
  return ids.length === 1 ? (ids[0] as number) : ids
}

function parse<T>(file: string, schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const issues = result.error.issues.map(i => `${i.path.join('.') || 'the file'}: ${i.message}`)
  throw new DataError(`${file}: ${issues.join('; ')}`)
}

/** A JSON file's content; null where there is no such file. */
export async function readJson(file: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new DataError(`${file}: cannot be read: ${(cause as Error).message}`, { cause })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DataError(`${file}: not JSON: ${(cause as Error).message}`, { cause })
  }
}

async function writeJson(file: string, json: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(json, null, 2)}\n`)
}
