// All parameters of a model in one flat array, so that the optimizer is one loop; each is a view of it.

import { EngineError } from '../../errors.ts'
import { normal, type Random } from '../../numbers/random.ts'
import type { ModelConfig } from './config.ts'

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
  const values = allocate(config)
  for (const parameter of parameterTable(config)) draw(parameter, values, config, random)
  return values
}

/**
 * Draws one parameter's fresh values into its place in `values`. Where a layer is new below a trained head,
 * `silent` makes its output 0.
 */
export function draw(
  { name, offset, size, init }: Parameter,
  values: Float32Array,
  { initializerRange, layers }: ModelConfig,
  random: Random,
  silent = false,
): void {
  const writes = residual.test(name)
  const deviation = writes ? initializerRange / Math.sqrt(2 * layers) : initializerRange
  for (let i = offset; i < offset + size; i++)
    values[i] = init === 'normal' ? deviation * normal(random) : init === 'ones' ? 1 : 0
  if (silent && writes) values.fill(0, offset, offset + size)
}

/** Room for every parameter of a model; an EngineError where there is none. */
export function allocate(config: ModelConfig): Float32Array {
  const count = parameterCount(config)
  const most = 2 ** 32 - 1
  if (!(count <= most))
    throw new EngineError(`a model of ${count} parameters; this engine holds at most ${most}`)
  try {
    return new Float32Array(count)
  } catch (cause) {
    const size = (count / 2 ** 28).toFixed(1)
    throw new EngineError(`no memory for ${count} parameters (${size} GiB)`, { cause })
  }
}

/** The layer that a parameter belongs to, from 0; -1 for those of none. */
export function layerOf(name: string): number {
  const match = /^model\.layers\.(\d+)\./.exec(name)
  return match ? Number(match[1]) : -1
}

const residual = /\.(o_proj|down_proj)\.(weight|bias)$/ // what writes to the residual stream
