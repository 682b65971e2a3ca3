// Low-rank adapters (arXiv:2106.09685) beside frozen weights: their table, their files in PEFT's layout, and the merge.

import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError, DataError } from '../../errors.ts'
import { baseEntry } from '../../hub/adapter-base.ts'
import { adapterConfigFile as configFile } from '../../model-source/adapter.ts'
import { parseJson, readJson } from '../../model-source/json.ts'
import type { Random } from '../../numbers/random.ts'
import type { ModelConfig } from './config.ts'
import { isOptimizerFile } from './optimizer-file.ts'
import { layerOf, type Parameter, parameterTable } from './parameters.ts'
import { finishReplacing, replaceFiles, writeDurably } from './replace-files.ts'
import { readTensors, writeTensors } from './safetensors.ts'
import type { WeightType } from './tensor-types.ts'

/** The shape of an adapter: weight + alpha / rank * B A for every targeted projection. */
export interface Lora {
  readonly rank: number
  readonly alpha: number
  readonly targets: readonly string[] // of `projections`
  readonly newLayers?: number // how many of the last layers are new, and learn whole; default 0
}

/** An adapter's shape and weights, flat as adapterTable. */
export interface Adapter {
  readonly lora: Lora
  readonly values: Float32Array
}

/** An adapter and the model that it belongs to. */
export interface Adapted extends Adapter {
  readonly config: ModelConfig
}

/** The linear maps of a layer that can carry an adapter, by the names that checkpoints and PEFT use. */
export const projections = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const

const weightsFile = 'adapter_model.safetensors'
const prefix = 'base_model.model.'

const schema = z.looseObject({
  peft_type: z.string(),
  r: z.number().int().positive(),
  lora_alpha: z.number().positive(),
  target_modules: z.union([z.string(), z.array(z.string()).min(1)]),
  bias: z.string().optional(),
  use_dora: z.boolean().nullish(),
  use_rslora: z.boolean().nullish(),
  rank_pattern: z.record(z.string(), z.unknown()).nullish(),
  alpha_pattern: z.record(z.string(), z.unknown()).nullish(),
})

/**
 * What is learned when the rest is frozen, in flat order: A [rank, in] and B [out, rank] of every targeted projection, and
 * whole the head of a classifier and layers that are new. Throws ConfigError for a rank or a target that makes no sense.
 */
export function adapterTable(config: ModelConfig, lora: Lora): readonly Parameter[] {
  requireLora(lora)
  const table: Parameter[] = []
  let offset = 0
  const add = (parameter: Omit<Parameter, 'offset' | 'size'>): void => {
    const size = parameter.shape.reduce((a, b) => a * b, 1)
    table.push({ ...parameter, offset, size })
    offset += size
  }
  for (const parameter of parameterTable(config)) {
    const { name, shape, decay, group, init } = parameter
    const module = name.replace(/\.weight$/, '')
    if (learnsWhole(parameter, config, lora)) {
      add({ name, shape, decay, group, init })
    } else if (lora.targets.includes(module.split('.').at(-1)!)) {
      const [out, input] = shape as readonly [number, number]
      const common = { decay: true, group: 'trunk' } as const
      const [down, up] = [`${module}.lora_A.weight`, `${module}.lora_B.weight`]
      add({ name: down, shape: [lora.rank, input], init: 'normal', ...common })
      add({ name: up, shape: [out, lora.rank], init: 'zeros', ...common })
    }
  }
  return table
}

function learnsWhole(
  { name, group }: Pick<Parameter, 'name' | 'group'>,
  { head, layers }: ModelConfig,
  { newLayers = 0 }: Lora,
): boolean {
  const isHead = group === 'head' && head === 'token-classification'
  return isHead || layerOf(name) >= layers - newLayers
}

/**
 * A fresh adapter, flat as its table: A uniform in +-1 / sqrt(in) and B zero, as PEFT draws them, so that the model
 * begins unchanged; what learns whole is copied from `base`.
 */
export function initialiseAdapter(
  config: ModelConfig,
  lora: Lora,
  base: Float32Array,
  random: Random,
): Float32Array {
  const table = adapterTable(config, lora)
  const values = new Float32Array(sizeOf(table))
  for (const parameter of table) {
    const { name, shape, offset, size } = parameter
    if (learnsWhole(parameter, config, lora)) {
      const from = parameterTable(config).find(p => p.name === name)!.offset
      values.set(base.subarray(from, from + size), offset)
    } else if (name.endsWith('lora_A.weight')) {
      const bound = 1 / Math.sqrt(shape[1]!)
      for (let i = offset; i < offset + size; i++) values[i] = bound * (2 * random() - 1)
    }
  }
  return values
}

/** How an adapter is written. */
export interface AdapterOptions {
  readonly base: string | null // what it names as the model beneath it
  readonly dtype: WeightType
}

/**
 * Writes adapter_config.json and adapter_model.safetensors, which PEFT loads; `beside` may write more files into the folder
 * that is being made.
 */
export async function writeAdapter(
  folder: string,
  { config, lora, values }: Adapted,
  { base, dtype }: AdapterOptions,
  beside: (stage: string) => Promise<void>,
): Promise<void> {
  const classifier = config.head === 'token-classification'
  const { newLayers = 0 } = lora
  const layers = Array.from({ length: newLayers }, (_, i) => `layers.${config.layers - 1 - i}`)
  const json = {
    ...baseEntry(base),
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: lora.alpha,
    lora_dropout: 0,
    modules_to_save: classifier ? ['score', ...layers] : null,
    peft_type: 'LORA',
    r: lora.rank,
    target_modules: [...lora.targets],
    task_type: classifier ? 'TOKEN_CLS' : 'CAUSAL_LM',
    use_dora: false,
    use_rslora: false,
  }
  const tensors = adapterTable(config, lora).map(({ name, shape, offset, size }) => {
    return { name: prefix + name, shape, values: values.subarray(offset, offset + size) }
  })
  await replaceFiles(folder, {
    key: configFile,
    owns: isOptimizerFile,
    write: async stage => {
      await beside(stage)
      await writeTensors(join(stage, weightsFile), tensors, dtype)
      const text = `${JSON.stringify(json, null, 2)}\n`
      await writeDurably(join(stage, configFile), file => file.writeFile(text))
    },
  })
}

/** An adapter folder in PEFT's layout, for the model that `config` describes. Throws DataError where it does not fit. */
export async function readAdapter(folder: string, config: ModelConfig): Promise<Adapter> {
  await finishReplacing(folder)
  const file = join(folder, configFile)
  const json = await readJson(file)
  if (json === null)
    throw new DataError(`${file}: no such file; expected an adapter as PEFT saves it`)
  const raw = parseJson(file, schema, json)
  refuseUnsupported(file, raw)
  const asked = raw.target_modules
  const targets =
    asked === 'all-linear' ? [...projections] : typeof asked === 'string' ? [asked] : asked
  const lora = { rank: raw.r, alpha: raw.lora_alpha, targets }
  const table = adapterTable(config, lora)
  const values = new Float32Array(sizeOf(table))
  const wanted = table.map(({ name, shape, offset, size }) => {
    return { name: prefix + name, shape, into: values.subarray(offset, offset + size) }
  })
  await readTensors(join(folder, weightsFile), wanted)
  return { lora, values }
}

/**
 * Puts the adapter into a model's weights, flat as `table`: W + alpha / rank * B A. The table may be that of a larger model,
 * which was grown from the adapter's.
 */
export function mergeAdapter(
  { config, lora, values }: Adapted,
  merged: Float32Array,
  table: readonly Parameter[] = parameterTable(config),
): void {
  const adapter = new Map(adapterTable(config, lora).map(p => [p.name, p]))
  const part = ({ offset, size }: Parameter): Float32Array => values.subarray(offset, offset + size)
  for (const { name, shape, offset, size } of table) {
    const whole = adapter.get(name)
    if (whole !== undefined) merged.set(part(whole), offset)
    const module = name.replace(/\.weight$/, '')
    const [down, up] = ['A', 'B'].map(which => adapter.get(`${module}.lora_${which}.weight`))
    if (down === undefined || up === undefined) continue
    const into = merged.subarray(offset, offset + size)
    addProduct(into, part(up), part(down), shape as [number, number], lora)
  }
}

/** into [out, in] += alpha / rank * B [out, rank] A [rank, in]. */
function addProduct(
  into: Float32Array,
  up: Float32Array,
  down: Float32Array,
  [out, input]: readonly [number, number],
  { rank, alpha }: Lora,
): void {
  const scale = alpha / rank
  for (let o = 0; o < out; o++) {
    for (let r = 0; r < rank; r++) {
      const b = scale * up[o * rank + r]!
      if (b === 0) continue
      for (let i = 0; i < input; i++) into[o * input + i]! += b * down[r * input + i]!
    }
  }
}

function requireLora({ rank, alpha, targets }: Lora): void {
  if (!Number.isInteger(rank) || rank < 1) {
    throw new ConfigError(`an adapter of rank ${rank}; expected a whole number above 0`)
  }
  if (!(alpha > 0))
    throw new ConfigError(`an adapter with alpha ${alpha}; expected a number above 0`)
  const known: readonly string[] = projections
  const unknown = targets.find(target => !known.includes(target))
  if (unknown !== undefined || targets.length === 0) {
    const what = unknown === undefined ? 'no projection' : `'${unknown}'`
    throw new ConfigError(`an adapter for ${what}; expected some of ${projections.join(', ')}`)
  }
}

function refuseUnsupported(file: string, raw: z.infer<typeof schema>): void {
  const refuse = (what: string, expected: string): never => {
    throw new DataError(`${file}: ${what} is not supported; expected ${expected}`)
  }
  if (raw.peft_type !== 'LORA') refuse(`peft_type ${raw.peft_type}`, 'LORA')
  if (raw.use_dora) refuse('use_dora true', 'false')
  if (raw.use_rslora) refuse('use_rslora true', 'false')
  if ((raw.bias ?? 'none') !== 'none') refuse(`bias ${raw.bias}`, 'none')
  for (const [key, pattern] of [
    ['rank_pattern', raw.rank_pattern],
    ['alpha_pattern', raw.alpha_pattern],
  ] as const) {
    if (Object.keys(pattern ?? {}).length > 0) refuse(key, 'one value for all')
  }
}

function sizeOf(table: readonly Parameter[]): number {
  const last = table.at(-1)
  return last === undefined ? 0 : last.offset + last.size
}
