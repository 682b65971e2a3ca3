// config.json and generation_config.json from the keys of a GGUF header, as the model's own folder would have them.

import { z } from 'zod'
import { DataError, EngineError } from '../../errors.ts'
import type { GgufHeader } from './header.ts'
import { optional, required } from './metadata.ts'
import { llama3Scaling } from './rope-factors.ts'
import { specialIds } from './tokenizer.ts'

const size = z.int().positive()
const positive = z.number().positive()
const perLayer = z.union([size, z.array(size).min(1)])

/** The class and the model_type of transformers, by general.architecture. */
const architectures: Readonly<Record<string, readonly [string, string]>> = {
  llama: ['LlamaForCausalLM', 'llama'],
  qwen2: ['Qwen2ForCausalLM', 'qwen2'],
  qwen3: ['Qwen3ForCausalLM', 'qwen3'],
  smollm3: ['SmolLM3ForCausalLM', 'smollm3'],
}

/** The architecture that a header names; an EngineError for one that is not known. */
export function architectureOfGguf(header: GgufHeader): string {
  const name = required(header, 'general.architecture', z.string())
  if (Object.hasOwn(architectures, name)) return name
  throw new EngineError(
    `${header.file}: GGUF architecture ${name} is not supported; supported: ${Object.keys(architectures).join(', ')}`,
  )
}

/** The contents of both files. What the graph cannot compute is an EngineError, a missing or odd key a DataError. */
export function configOfGguf(header: GgufHeader): { config: object; generation: object } {
  const family = architectureOfGguf(header)
  const [architecture, modelType] = architectures[family]!
  refuseUnsupported(header, family)
  const key = (name: string): string => `${family}.${name}`
  const heads = uniform(header, key('attention.head_count'))
  const hidden = required(header, key('embedding_length'), size)
  const headDim = headDimOf(header, family, hidden / heads)
  const has = (name: string): boolean => header.tensors.some(tensor => tensor.name === name)
  const ids = idKeys(header)
  const config = {
    architectures: [architecture],
    model_type: modelType,
    attention_bias: has('blk.0.attn_q.bias'),
    head_dim: headDim,
    hidden_act: 'silu',
    hidden_size: hidden,
    intermediate_size: uniform(header, key('feed_forward_length')),
    max_position_embeddings: required(header, key('context_length'), size),
    mlp_bias: has('blk.0.ffn_gate.bias'),
    num_attention_heads: heads,
    num_hidden_layers: required(header, key('block_count'), size),
    num_key_value_heads: header.metadata.has(key('attention.head_count_kv'))
      ? uniform(header, key('attention.head_count_kv'))
      : heads,
    rms_norm_eps: single(required(header, key('attention.layer_norm_rms_epsilon'), positive)),
    ...ropeKeys(header, family, headDim),
    tie_word_embeddings: !has('output.weight'),
    vocab_size: vocabSizeOf(header),
    ...ids,
  }
  return { config, generation: ids }
}

function refuseUnsupported(header: GgufHeader, family: string): void {
  const { file } = header
  const parts = optional(header, 'split.count', z.number()) ?? 1
  if (parts > 1)
    throw new EngineError(
      `${file}: one of ${parts} parts of a model; join them with llama-gguf-split --merge`,
    )
  const experts = optional(header, `${family}.expert_count`, z.number()) ?? 0
  if (experts > 0)
    throw new EngineError(`${file}: a mixture of ${experts} experts is not supported`)
}

/** A size that may be given layer by layer, and must then be the same in all. */
function uniform(header: GgufHeader, key: string): number {
  const value = required(header, key, perLayer)
  if (typeof value === 'number') return value
  if (value.every(one => one === value[0])) return value[0]!
  throw new EngineError(`${header.file}: ${key} differs from layer to layer; expected one size`)
}

function headDimOf(header: GgufHeader, family: string, usual: number): number {
  const [keys, values, rotary] = [
    'attention.key_length',
    'attention.value_length',
    'rope.dimension_count',
  ].map(name => optional(header, `${family}.${name}`, size))
  const found = keys ?? usual
  for (const [what, other] of [
    ['attention.value_length', values],
    ['rope.dimension_count', rotary],
  ] as const)
    if (other !== null && other !== undefined && other !== found)
      throw new EngineError(
        `${header.file}: ${family}.${what} ${other} is not supported; expected ${found}, the size of a head`,
      )
  return found
}

/** The embedding has a row a token, whatever the list of tokens or a key says. */
function vocabSizeOf(header: GgufHeader): number {
  const embedding = header.tensors.find(({ name }) => name === 'token_embd.weight')
  const rows = embedding?.shape[0]
  if (embedding?.shape.length === 2 && rows !== undefined && rows > 0) return rows
  throw new DataError(
    `${header.file}: no tensor token_embd.weight with a row a token; is it a whole model?`,
  )
}

function idKeys(header: GgufHeader): object {
  const { bos, eos, pad } = specialIds(header)
  return {
    ...(bos === null ? {} : { bos_token_id: bos }),
    ...(eos.length === 0 ? {} : { eos_token_id: eos.length === 1 ? eos[0]! : eos }),
    ...(pad === null ? {} : { pad_token_id: pad }),
  }
}

function ropeKeys(header: GgufHeader, family: string, headDim: number): object {
  const key = (name: string): string => `${family}.rope.${name}`
  const theta = single(optional(header, key('freq_base'), positive) ?? 10_000)
  const scaled = scalingOf(header, key, theta, headDim)
  return { rope_theta: theta, ...(scaled && { rope_scaling: scaled }) }
}

function scalingOf(
  header: GgufHeader,
  key: (name: string) => string,
  theta: number,
  headDim: number,
): object | null {
  const factors = header.tensors.find(({ name }) => name === 'rope_freqs.weight')
  if (factors !== undefined) return llama3Scaling(header, factors, theta, headDim)
  const old = optional(header, key('scale_linear'), positive)
  const kind =
    optional(header, key('scaling.type'), z.string()) ?? (old === null ? 'none' : 'linear')
  if (kind === 'none') return null
  const factor = single(optional(header, key('scaling.factor'), positive) ?? old ?? 1)
  const original = optional(header, key('scaling.original_context_length'), size)
  return {
    rope_type: kind,
    factor,
    ...(original === null ? {} : { original_max_position_embeddings: original }),
  }
}

/** The shortest decimal that a float32 stands for: 1e-5 was stored as 9.99999974737875e-6. */
export function single(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === Math.fround(value)) return short
  }
  return value
}
