// All parameters of a model in one flat array, so that the optimizer is one loop; each is a view of it.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { normal, type Random } from '../../random.ts'
import type { ModelConfig } from './config.ts'
import { writeConfig } from './config-file.ts'
import { readTensors, writeTensors } from './safetensors.ts'
import type { WeightType } from './tensor-types.ts'

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

/** Every parameter in flat order, the head last; a tied head has none of its own. */
export function parameterTable(config: ModelConfig): readonly Parameter[] {
  const table: Parameter[] = []
  let offset = 0
  for (const { name, shape, init } of shapesOf(config)) {
    const size = shape.reduce((a, b) => a * b, 1)
    const group = name.startsWith('model.') ? 'trunk' : 'head'
    table.push({ name, shape, offset, size, decay: init === 'normal', group, init })
    offset += size
  }
  return table
}

type Shaped = Pick<Parameter, 'name' | 'shape' | 'init'>

function shapesOf(config: ModelConfig): Shaped[] {
  const { hiddenSize, vocabSize, layers } = config
  return [
    matrix('model.embed_tokens', vocabSize, hiddenSize),
    ...Array.from({ length: layers }, (_, i) => layerShapes(`model.layers.${i}`, config)).flat(),
    ones('model.norm', hiddenSize),
    ...headShapes(config),
  ]
}

/** Matrices that read the same values are neighbours, so that they can be packed into one. */
function layerShapes(layer: string, config: ModelConfig): Shaped[] {
  const { hiddenSize, intermediateSize, headDim } = config
  const queries = config.heads * headDim
  const keys = config.kvHeads * headDim
  const attention = `${layer}.self_attn`
  const mlp = `${layer}.mlp`
  const projected = [
    [`${attention}.q_proj`, queries],
    [`${attention}.k_proj`, keys],
    [`${attention}.v_proj`, keys],
  ] as const
  const opened = [`${mlp}.gate_proj`, `${mlp}.up_proj`]
  return [
    ones(`${layer}.input_layernorm`, hiddenSize),
    ...projected.map(([name, rows]) => matrix(name, rows, hiddenSize)),
    ...projected.flatMap(([name, rows]) => (config.qkvBias ? [bias(name, rows)] : [])),
    ...(config.qkNorm ? ['q', 'k'].map(x => ones(`${attention}.${x}_norm`, headDim)) : []),
    matrix(`${attention}.o_proj`, hiddenSize, queries),
    ...(config.outputBias ? [bias(`${attention}.o_proj`, hiddenSize)] : []),
    ones(`${layer}.post_attention_layernorm`, hiddenSize),
    ...opened.map(name => matrix(name, intermediateSize, hiddenSize)),
    ...opened.flatMap(name => (config.mlpBias ? [bias(name, intermediateSize)] : [])),
    matrix(`${mlp}.down_proj`, hiddenSize, intermediateSize),
    ...(config.mlpBias ? [bias(`${mlp}.down_proj`, hiddenSize)] : []),
  ]
}

function headShapes({ head, headHidden, headBias, ...config }: ModelConfig): Shaped[] {
  const { hiddenSize, vocabSize, classes, tied } = config
  if (head === 'language-model') return tied ? [] : [matrix('lm_head', vocabSize, hiddenSize)]
  const hidden = headHidden
    ? [matrix('score.0', hiddenSize, hiddenSize), bias('score.0', hiddenSize)]
    : []
  const last = headHidden ? 'score.2' : 'score'
  return [...hidden, matrix(last, classes, hiddenSize), ...(headBias ? [bias(last, classes)] : [])]
}

function matrix(name: string, out: number, input: number): Shaped {
  return { name: `${name}.weight`, shape: [out, input], init: 'normal' }
}

function bias(name: string, size: number): Shaped {
  return { name: `${name}.bias`, shape: [size], init: 'zeros' }
}

function ones(name: string, size: number): Shaped {
  return { name: `${name}.weight`, shape: [size], init: 'ones' }
}

/** How many numbers the flat array holds. */
export function parameterCount(config: ModelConfig): number {
  const last = parameterTable(config).at(-1)!
  return last.offset + last.size
}

/** A fresh model: matrices normal(0, initializerRange), what writes to the residual stream by 1 / sqrt(2 layers) less. */
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

const residual = /\.(o_proj|down_proj)\.(weight|bias)$/ // what writes to the residual stream

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
  const { initializerRange, layers } = config
  const deviation = residual.test(name)
    ? initializerRange / Math.sqrt(2 * layers)
    : initializerRange
  for (let i = offset; i < offset + size; i++)
    values[i] = init === 'normal' ? deviation * normal(random) : init === 'ones' ? 1 : 0
}
