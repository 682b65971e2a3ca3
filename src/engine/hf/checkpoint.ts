// A model folder in the Hugging Face layout: weights and config in, weights, config and tokenizer out.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../../errors.ts'
import { modelSource } from '../../model-source/model-source.ts'
import type { Random } from '../../numbers/random.ts'
import type { SaveOptions } from '../engine.ts'
import type { ModelConfig } from './config.ts'
import { configFiles, configText, readConfig } from './config-file.ts'
import { mergeAdapter, readAdapter } from './lora.ts'
import { isOptimizerFile } from './optimizer-file.ts'
import { type Packed, type PackedType, type PackedWeights, pack, packAll } from './packed.ts'
import { allocate, draw, layerOf, type Parameter, parameterTable } from './parameters.ts'
import { replaceFiles, writeDurably } from './replace-files.ts'
import {
  findTensors,
  isWeightsFile,
  type Others,
  readTensors,
  type WriteOptions,
  writeShards,
} from './safetensors.ts'

/** How a classifier is made of a language model: a new head, and new layers between it and the trunk. */
export interface Growth {
  readonly random: Random
  readonly layers: number // of the config's, how many are new: the last ones
}

/**
 * A model's parameters, flat as parameterTable, those of an adapter's folder with the adapter in them. With `growth` the head and the last layers are not read but drawn;
 * a new layer's output is 0 at first, so that the grown trunk begins as the stored one. Throws DataError where the
 * folder's tensors are not those of `config` or not finite, before room is made for them.
 */
export async function readParameters(
  folder: string,
  config: ModelConfig,
  growth: Growth | null = null,
): Promise<Float32Array> {
  const isNew = ({ group, name }: Parameter): boolean =>
    growth !== null && (group === 'head' || layerOf(name) >= config.layers - growth.layers)
  const table = parameterTable(config)
  const { adapter } = await modelSource(folder)
  if (adapter !== null) {
    const beneath = await readConfig(adapter.base)
    const read = await readAdapter(adapter.folder, beneath)
    const values = await readParameters(adapter.base, config, growth)
    mergeAdapter({ config: beneath, ...read }, values, table)
    return values
  }
  const stored = table.filter(parameter => !isNew(parameter))
  const ignore = (name: string): boolean =>
    isUnused(name) || (growth !== null && /^(lm_head|score)\./.test(name))
  const head = config.tied ? ['lm_head.weight'] : []
  const others = (embedding: Float32Array): Others => {
    return { ignore, tied: new Map(head.map(name => [name, embedding])) }
  }
  await findTensors(folder, stored, others(new Float32Array(0)))
  const values = allocate(config)
  const targets = stored.map(({ name, shape, offset, size }) => {
    return { name, shape, into: values.subarray(offset, offset + size) }
  })
  await readTensors(folder, targets, others(targets[0]!.into))
  if (growth !== null)
    for (const parameter of table.filter(isNew)) {
      const silent = parameter.group === 'trunk'
      draw(parameter, values, config, growth.random, silent)
    }
  return values
}

/**
 * A model's parameters as readParameters finds them, packed: a layer at a time, so that all of them are never there as
 * float32.
 */
export async function readPacked(
  folder: string,
  config: ModelConfig,
  type: PackedType,
): Promise<PackedWeights> {
  const { adapter } = await modelSource(folder)
  if (adapter !== null) return packAll(await readParameters(folder, config), config, type)
  const table = parameterTable(config)
  const tied = (embedding: Float32Array): Pick<Others, 'tied'> => {
    return config.tied ? { tied: new Map([['lm_head.weight', embedding]]) } : {}
  }
  await findTensors(folder, table, { ignore: isUnused, ...tied(new Float32Array(0)) })
  const tensors = new Map<string, Float32Array | Packed>()
  for (let layer = -1; layer < config.layers; layer++) {
    const wanted = table
      .filter(({ name }) => layerOf(name) === layer)
      .map(parameter => ({ ...parameter, into: new Float32Array(parameter.size) }))
    const others = { ignore: () => true, ...(layer < 0 && tied(wanted[0]!.into)) }
    await readTensors(folder, wanted, others)
    for (const { into, ...parameter } of wanted)
      tensors.set(parameter.name, pack(parameter, into, config, type))
  }
  return { type, tensors }
}

function isUnused(name: string): boolean {
  return name.endsWith('rotary_emb.inv_freq')
}

/** How a model folder is written. */
export interface CheckpointOptions extends SaveOptions, WriteOptions {}

/**
 * Writes a folder that transformers and vLLM load: config.json, generation_config.json where the model generates, the
 * weights, and a tokenizer's files. All of it or nothing: a DataError says why not, and what was there stays; other files
 * in the folder are left alone. `beside` may write more files into the folder that is being made.
 */
export async function saveCheckpoint(
  folder: string,
  config: ModelConfig,
  values: Float32Array,
  { tokenizer = null, config: keys = {}, ...options }: CheckpointOptions = {},
  beside: (stage: string) => Promise<void> = async () => {},
): Promise<void> {
  const tensors = parameterTable(config).map(({ name, shape, offset, size }) => {
    return { name, shape, values: values.subarray(offset, offset + size) }
  })
  await replaceFiles(folder, {
    key: 'config.json',
    owns: name => isWeightsFile(name) || isOptimizerFile(name) || name === 'generation_config.json',
    write: async stage => {
      await writeShards(stage, tensors, options)
      await beside(stage)
      const keyed = { ...config, extra: { ...config.extra, ...keys } }
      for (const [name, json] of Object.entries(configFiles(keyed, options.dtype ?? 'float32'))) {
        await writeDurably(join(stage, name), file => file.writeFile(configText(json)))
      }
      if (tokenizer !== null) await copyTokenizer(tokenizer, stage)
      if (tokenizer !== null && 'auto_map' in config.extra)
        await copyFiles(tokenizer, stage, name => name.endsWith('.py'))
    },
  })
}

const tokenizerFiles: ReadonlySet<string> = new Set([
  'added_tokens.json',
  'chat_template.jinja',
  'chat_template.json',
  'merges.txt',
  'minform_prompt.json',
  'special_tokens_map.json',
  'tokenizer.json',
  'tokenizer.model',
  'tokenizer_config.json',
  'vocab.json',
])

/** Copies the files of a model's tokenizer, chat template and prompt into a folder. Throws DataError where it cannot. */
export function copyTokenizer(from: string, to: string): Promise<void> {
  return copyFiles(from, to, name => tokenizerFiles.has(name))
}

async function copyFiles(
  from: string,
  to: string,
  wanted: (name: string) => boolean,
): Promise<void> {
  try {
    const source = await modelSource(from)
    for (const name of (await source.names()).filter(wanted)) {
      const content = await source.bytes(name)
      if (content === null) continue
      await rm(join(to, name), { force: true })
      await writeDurably(join(to, name), file => file.writeFile(content))
    }
  } catch (cause) {
    const what = `${from}: the tokenizer cannot be copied: ${(cause as Error).message}`
    throw new DataError(what, { cause })
  }
}
