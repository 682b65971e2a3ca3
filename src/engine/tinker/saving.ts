// A model's way from a server to disk and back. Its full state never leaves the server: a folder names where it lies. What can
// be fetched, the adapter, goes beside it as PEFT lays it out.

import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { DataError, EngineError } from '../../errors.ts'
import { baseEntry } from '../../hub/adapter-base.ts'
import { parseJson, readJson } from '../../model-source/json.ts'
import type { SaveOptions } from '../engine.ts'
import { copyTokenizer } from '../hf/checkpoint.ts'
import { requireExact } from '../hf/optimizer-file.ts'
import { finishReplacing, replaceFiles } from '../hf/replace-files.ts'
import type { Operations } from './operations.ts'
import { filesOf } from './tar.ts'
import type { Training } from './training.ts'

/** Which model of which server a state is of. */
export interface StateOf {
  readonly server: string
  readonly baseModel: string // by its name there
  readonly folder: string | null // of the base model, here
  readonly rank: number
}

export const stateFile = 'tinker.json'
const adapterConfig = 'adapter_config.json'
const adapterWeights = 'adapter_model.safetensors'
const schema = z.object({
  server: z.string(),
  base_model: z.string(),
  rank: z.number().int().positive(),
  version: z.number().int().nonnegative(),
  model: z.string().nullable().default(null), // what finds the base model's folder here
  state: z.string().min(1),
  optimizer: z.boolean(),
})

/** Saves weights and optimizer on the server, and here where they lie, with the adapter where the server gives it. */
export async function saveState(
  folder: string,
  options: SaveOptions,
  { server, baseModel, folder: here, rank }: StateOf,
  training: Training,
  operations: Operations,
): Promise<void> {
  const { dtype = 'float32', optimizer = false, tokenizer = null, merge = true } = options
  requireExact(dtype, optimizer)
  if (merge)
    throw new EngineError(
      `save: ${server} gives the adapter alone, not a model with all weights; expected merge: false`,
    )
  const state = await training.save('saved')
  const { version } = training
  const stored: z.infer<typeof schema> = {
    ...{ server, base_model: baseModel, rank, version, state, optimizer },
    model: here === null ? null : nameOf(here),
  }
  const adapter = await adapterFiles(training, operations, options.base ?? here)
  await replaceFiles(folder, {
    key: stateFile,
    owns: name => name === adapterConfig || name === adapterWeights,
    write: async stage => {
      if (tokenizer !== null) await copyTokenizer(tokenizer, stage)
      for (const [name, content] of adapter) await writeFile(join(stage, name), content)
      await writeFile(join(stage, stateFile), `${JSON.stringify(stored, null, 2)}\n`)
    },
  })
}

/** A model that a server keeps, as a folder here tells of it. */
export interface StoredModel {
  readonly url: string
  readonly baseModel: string // by the server's name
  readonly rank: number
  readonly model: string | null // what finds the base model's folder here
}

/** Whether a folder says where a server keeps a model. */
export function isOnServer(folder: string): boolean {
  return existsSync(join(folder, stateFile))
}

/** What a folder tells of a model that a server keeps. Throws DataError where it cannot be read. */
export async function storedModel(folder: string): Promise<StoredModel> {
  const file = join(folder, stateFile)
  const stored = parseJson(file, schema, await readJson(file))
  return {
    url: stored.server,
    baseModel: stored.base_model,
    rank: stored.rank,
    model: stored.model,
  }
}

/** A path, or the name on the Hub of what lies in its cache. */
function nameOf(folder: string): string {
  const { base_model_name_or_path: name, revision } = baseEntry(resolve(folder))
  return revision === null ? name! : `${name}@${revision}`
}

/** Where the state lies that a folder names, and of how many steps. Throws DataError where it is none of this model. */
export async function readState(
  folder: string,
  { baseModel, rank }: StateOf,
): Promise<{ readonly path: string; readonly version: number; readonly server: string }> {
  const file = join(folder, stateFile)
  await finishReplacing(folder)
  const json = await readJson(file)
  if (json === null)
    throw new DataError(`${file}: not there; expected a folder that was saved from a server`)
  const stored = parseJson(file, schema, json)
  const wanted = { base_model: baseModel, rank }
  for (const [name, expected] of Object.entries(wanted)) {
    const found = stored[name as keyof typeof wanted]
    if (found !== expected)
      throw new DataError(`${file}: ${name} ${found}; this model has ${expected}`)
  }
  if (!stored.optimizer)
    throw new DataError(`${file}: saved without its optimizer, from which nothing is learned on`)
  return { path: stored.state, version: stored.version, server: stored.server }
}

/** The adapter as files; none where the server gives none. */
async function adapterFiles(
  training: Training,
  operations: Operations,
  base: string | null,
): Promise<readonly (readonly [string, Uint8Array | string])[]> {
  const { model, path } = await training.adapter('adapter')
  if (path === null) return []
  const archive = await operations.fetchAdapter(model, path)
  await operations.forget({ name: model }, path).catch(() => undefined) // it is here now, or cannot be had
  if (archive === null) return []
  const files = filesOf(archive)
  const [config, weights] = [files.get(adapterConfig), files.get(adapterWeights)]
  if (config === undefined || weights === undefined)
    throw new DataError(
      `the archive of the adapter holds ${[...files.keys()].join(', ') || 'nothing'}; expected ${adapterConfig} and ${adapterWeights}`,
    )
  return [
    [adapterConfig, mended(config, weights, base)],
    [adapterWeights, weights],
  ]
}

const headerSchema = z.record(z.string(), z.unknown())

/** A server may leave out which projections are adapted, without which no reader knows what to build. */
function mended(config: Uint8Array, weights: Uint8Array, base: string | null): string {
  const json = parseJson(adapterConfig, headerSchema, JSON.parse(new TextDecoder().decode(config)))
  const usual = { bias: 'none', task_type: 'CAUSAL_LM', inference_mode: true }
  const targets = { target_modules: json.target_modules ?? targetsOf(weights) }
  const whole = { ...usual, ...json, ...targets, ...(base !== null && baseEntry(base)) }
  return `${JSON.stringify(whole, null, 2)}\n`
}

/** The projections of an adapter, by the names of its tensors. */
function targetsOf(weights: Uint8Array): string[] {
  const view = new DataView(weights.buffer, weights.byteOffset, weights.byteLength)
  const size = Number(view.getBigUint64(0, true))
  const text = new TextDecoder().decode(weights.subarray(8, 8 + size))
  const header = parseJson(adapterWeights, headerSchema, JSON.parse(text))
  const found = Object.keys(header).flatMap(name => /(\w+)\.lora_A/.exec(name)?.[1] ?? [])
  return [...new Set(found)].sort()
}
