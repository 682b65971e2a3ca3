// The tensors of a GGUF file under the names, and in the order of rows, that transformers has for them.

import { DataError, EngineError } from '../../errors.ts'
import { configOfGguf } from '../../model-source/gguf/config.ts'
import type { GgufHeader, GgufTensor } from '../../model-source/gguf/header.ts'
import { product, type TensorInfo } from '../hf/safetensors-header.ts'
import { blockFormats } from './dequantise.ts'

/** Where a file's tensors lie. Places outside the file and types that are not read are refused before a byte is read. */
export function ggufTensors(header: GgufHeader): ReadonlyMap<string, TensorInfo> {
  const turned = turnedHeads(header)
  const out = new Map<string, TensorInfo>()
  for (const tensor of header.tensors) {
    if (tensor.name === 'rope_freqs.weight') continue // part of the configuration
    const name = transformersName(tensor.name)
    if (out.has(name)) throw new DataError(`${header.file}: tensor ${tensor.name} is there twice`)
    const turn = turned.get(/\.attn_[qk]\./.exec(tensor.name)?.[0] ?? '')
    out.set(name, { ...placeOf(header, tensor), name, ...(turn && { heads: turn }) })
  }
  refuseOverlaps(header, out)
  return out
}

/** Converters turn the rows of queries and keys of these architectures round, for another layout of rotary pairs. */
function turnedHeads(header: GgufHeader): ReadonlyMap<string, number> {
  const config = configOfGguf(header).config as Record<string, number | string>
  if (config.model_type !== 'llama' && config.model_type !== 'smollm3') return new Map()
  return new Map([
    ['.attn_q.', Number(config.num_attention_heads)],
    ['.attn_k.', Number(config.num_key_value_heads)],
  ])
}

const wholes: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
}
const parts: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
}

/** A name that is not known stays as it is, so that an error can say it. */
function transformersName(name: string): string {
  const [, layer, part = '', kind] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(name) ?? []
  const table = layer === undefined ? wholes : parts
  if (kind === undefined || !Object.hasOwn(table, part)) return name
  const known = `${table[part]}.${kind}`
  return layer === undefined ? known : `model.layers.${layer}.${known}`
}

function placeOf({ file, size }: GgufHeader, { name, type, shape, offset }: GgufTensor) {
  const format = Object.hasOwn(blockFormats, type) ? blockFormats[type] : undefined
  if (format === undefined)
    throw new EngineError(
      `${file}: tensor ${name}: type ${type} is not supported; supported: ${Object.keys(blockFormats).join(', ')}`,
    )
  const row = shape.at(-1) ?? 1
  if (row % format.elements !== 0)
    throw new DataError(
      `${file}: tensor ${name}: rows of ${row} in blocks of ${format.elements}; damaged?`,
    )
  const end = offset + (product(shape) / format.elements) * format.bytes
  if (!(end <= size))
    throw new DataError(
      `${file}: tensor ${name} ends at byte ${end} of a file of ${size}; cut short: fetch it again`,
    )
  return { dtype: type, shape, file, start: offset, end }
}

function refuseOverlaps({ file }: GgufHeader, tensors: ReadonlyMap<string, TensorInfo>): void {
  const sorted = [...tensors.values()].sort((a, b) => a.start - b.start)
  for (const [i, { name, start }] of sorted.entries())
    if (i > 0 && start < sorted[i - 1]!.end)
      throw new DataError(
        `${file}: tensors ${sorted[i - 1]!.name} and ${name} overlap; damaged: fetch it again`,
      )
}

/**
 * Puts the rows of each head back: converters lay the two halves of a head's rotary pairs side by side (0, n/2, 1, n/2+1,
 * ...), transformers has one after the other.
 */
export function turnBack(values: Float32Array, rows: number, heads: number): void {
  const size = rows / heads // rows of a head
  const length = values.length / rows
  const head = new Float32Array(size * length)
  for (let h = 0; h < heads; h++) {
    const own = values.subarray(h * size * length, (h + 1) * size * length)
    head.set(own)
    for (let row = 0; row < size; row++) {
      const from = (row % (size / 2)) * 2 + Math.floor(row / (size / 2))
      own.set(head.subarray(from * length, (from + 1) * length), row * length)
    }
  }
}
