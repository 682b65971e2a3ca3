// All parameters of a model in one flat array, so that the optimizer is one loop; each is a view of it.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { normal, type Random } from '../../random.ts'
import { type ModelConfig, type WeightType, writeConfig } from './config.ts'
import { readTensors, writeTensors } from './safetensors.ts'

/** One parameter: its Hugging Face name and its place in the flat array, [out, in] row-major. */
export interface Parameter {
  readonly name: string
  readonly shape: readonly number[]
  readonly offset: number
  readonly size: number
  readonly decay: boolean // a matrix: what weight decay usually means; norms and biases are not
  readonly group: 'trunk' | 'head'
  readonly init: 'normal' | 'ones' | 'zeros'
}

/** Every parameter in flat order; a tied head has none of its own. */
export function parameterTable(config: ModelConfig): readonly Parameter[] {
  const { hiddenSize, intermediateSize, vocabSize, layers } = config
  const table: Parameter[] = []
  let offset = 0
  const add = (
    name: string,
    shape: number[],
    init: Parameter['init'],
    group: Parameter['group'],
  ) => {
    const size = shape.reduce((a, b) => a * b, 1)
    table.push({ name, shape, offset, size, decay: init === 'normal', group, init })
    offset += size
  }
  const trunk = (name: string, shape: number[], init: Parameter['init']) =>
    add(`model.${name}`, shape, init, 'trunk')
  const queries = config.heads * config.headDim
  const keys = config.kvHeads * config.headDim
  const projections = [
    ['q', queries],
    ['k', keys],
    ['v', keys],
  ] as const
  trunk('embed_tokens.weight', [vocabSize, hiddenSize], 'normal')
  for (let i = 0; i < layers; i++) {
    const layer = `layers.${i}`
    trunk(`${layer}.input_layernorm.weight`, [hiddenSize], 'ones')
    for (const [x, rows] of projections)
      trunk(`${layer}.self_attn.${x}_proj.weight`, [rows, hiddenSize], 'normal')
    for (const [x, rows] of projections) trunk(`${layer}.self_attn.${x}_proj.bias`, [rows], 'zeros')
    trunk(`${layer}.self_attn.o_proj.weight`, [hiddenSize, queries], 'normal')
    trunk(`${layer}.post_attention_layernorm.weight`, [hiddenSize], 'ones')
    trunk(`${layer}.mlp.gate_proj.weight`, [intermediateSize, hiddenSize], 'normal')
    trunk(`${layer}.mlp.up_proj.weight`, [intermediateSize, hiddenSize], 'normal')
    trunk(`${layer}.mlp.down_proj.weight`, [hiddenSize, intermediateSize], 'normal')
  }
  trunk('norm.weight', [hiddenSize], 'ones')
  if (config.head === 'token-classification') {
    add('score.weight', [config.classes, hiddenSize], 'normal', 'head')
    add('score.bias', [config.classes], 'zeros', 'head')
  } else if (!config.tied) add('lm_head.weight', [vocabSize, hiddenSize], 'normal', 'head')
  return table
}

/** How many numbers the flat array holds. */
export function parameterCount(config: ModelConfig): number {
  const last = parameterTable(config).at(-1)!
  return last.offset + last.size
}

/** A fresh model: matrices normal(0, 0.02), what writes to the residual stream scaled by 1 / sqrt(2 layers). */
export function initialise(config: ModelConfig, random: Random): Float32Array {
  const values = new Float32Array(parameterCount(config))
  for (const parameter of parameterTable(config)) fill(parameter, values, config, random)
  return values
}

/** How a classifier is made of a language model: a new head, and new layers between it and the trunk. */
export interface Growth {
  readonly random: Random
  readonly layers: number // of the config's, how many are new: the last ones
}

/**
 * A model folder's parameters. With `growth` the head and the last layers are not read but drawn; a new layer's output
 * is 0 at first, so that the grown trunk begins as the stored one.
 */
export async function readParameters(
  folder: string,
  config: ModelConfig,
  growth: Growth | null = null,
): Promise<Float32Array> {
  const values = new Float32Array(parameterCount(config))
  const isNew = (parameter: Parameter): boolean =>
    growth !== null &&
    (parameter.group === 'head' || layerOf(parameter.name) >= config.layers - growth.layers)
  const table = parameterTable(config)
  const targets = table
    .filter(parameter => !isNew(parameter))
    .map(({ name, shape, offset, size }) => ({
      name,
      shape,
      into: values.subarray(offset, offset + size),
    }))
  const heads = /^(lm_head|score)\./
  const ignore = (name: string): boolean =>
    name.endsWith('rotary_emb.inv_freq') ||
    (growth !== null ? heads.test(name) : config.tied && name === 'lm_head.weight')
  await readTensors(folder, targets, { ignore })
  if (growth === null) return values
  for (const parameter of table.filter(isNew)) {
    fill(parameter, values, config, growth.random)
    if (parameter.group === 'trunk' && residual.test(parameter.name)) {
      values.fill(0, parameter.offset, parameter.offset + parameter.size)
    }
  }
  return values
}

/** Writes config.json and model.safetensors; the folder then loads in transformers. */
export async function writeParameters(
  folder: string,
  config: ModelConfig,
  values: Float32Array,
  dtype: WeightType = 'float32',
): Promise<void> {
  const table = parameterTable(config)
  const tensors = table.map(({ name, shape, offset, size }) => ({
    name,
    shape,
    values: values.subarray(offset, offset + size),
  }))
  await mkdir(folder, { recursive: true })
  await writeTensors(join(folder, 'model.safetensors'), tensors, dtype)
  await writeConfig(folder, config, dtype)
}

const residual = /\.(o_proj|down_proj)\.weight$/ // what writes to the residual stream

function layerOf(name: string): number {
  const match = /^model\.layers\.(\d+)\./.exec(name)
  return match ? Number(match[1]) : -1
}

function fill(
  parameter: Parameter,
  values: Float32Array,
  config: ModelConfig,
  random: Random,
): void {
  const { name, offset, size, init } = parameter
  const deviation = residual.test(name) ? 0.02 / Math.sqrt(2 * config.layers) : 0.02
  for (let i = offset; i < offset + size; i++)
    values[i] = init === 'normal' ? deviation * normal(random) : init === 'ones' ? 1 : 0
}
