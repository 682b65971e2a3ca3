// A model as commands read it: an engine, and a tokenizer where text comes in or goes out.
import { z } from 'zod'
import { finishReplacing } from '../engine/hf/replace-files.ts'
import { openEngine } from '../engine/open.ts'
import { ConfigError, DataError } from '../errors.ts'
import { isModel } from '../model-source/model-source.ts'
import { type LoadedTokenizer, loadTokenizer } from '../tokenizer/tokenizer.ts'
import type { Asked } from '../train/prompting.ts'
import { type Device, devices, type Engine, type ModelInfo } from '../types.ts'
import { type Flags, numberFlag } from './flags.ts'
import { namedModel } from './named-model.ts'
import type { Section } from './usage.ts'

/** An open model; its tokenizer is read when it is first asked for. */
export interface OpenModel {
  readonly folder: string
  readonly engine: Engine
  tokenizer(): Promise<LoadedTokenizer>
}

/** Token ids as a row gives them. */
export const idList = z.array(z.int().min(0))

/** Flags of every command that runs a model. */
export const placeArgs = {
  device: {
    type: 'enum',
    options: [...devices],
    default: 'cpu',
    description: 'where it computes: cpu, webgpu or cuda',
  },
  threads: {
    type: 'string',
    valueHint: 'count',
    default: '2',
    description: 'that share the work of a model',
  },
} as const satisfies Flags

/** Their part of --help. */
export const placeSection = { title: 'machine', args: placeArgs } as const satisfies Section

/** What was given for them. */
export interface Placed {
  readonly device?: string | undefined
  readonly threads?: string | undefined
}

/** Where an engine is to run, as the flags say. */
export function placement({ device = 'cpu', threads = '2' }: Placed): {
  device: Device
  threads: number
} {
  const count = numberFlag('--threads', threads, { min: 1, integer: true })
  return { device: devices.find(known => known === device) ?? 'cpu', threads: count }
}

/** Opens the model that --model names: a folder, a GGUF file or a model of the Hub. */
export async function openModel(named: string, place: Placed = {}): Promise<OpenModel> {
  const folder = await folderOf(named)
  const engine = await openEngine({ kind: 'onnx', folder, ...placement(place) })
  let tokenizer: Promise<LoadedTokenizer> | null = null
  return {
    folder,
    engine,
    tokenizer: () => {
      tokenizer ??= loadTokenizer(folder, engine.info.vocabSize)
      return tokenizer
    },
  }
}

/** What a model is asked by depends on: its folder, and its tokens. Without `weights` no more of it has to be there. */
export async function askedModel(named: string, weights = true): Promise<Asked> {
  const folder = await folderOf(named, weights)
  return { folder, tokenizer: await loadTokenizer(folder) }
}

async function folderOf(named: string, weights = true): Promise<string> {
  const { path: folder } = await namedModel(named, process.stderr, weights)
  await finishReplacing(folder)
  if (await isModel(folder)) return folder
  throw new ConfigError(
    `--model ${folder}: no model there; expected a folder with config.json and model.safetensors, or a GGUF file`,
  )
}

/** The ids of a row that gives either ids or a text; `field` and `where` name it in errors. */
export async function idsOf(
  { text, ids }: { readonly text: string | undefined; readonly ids: readonly number[] | undefined },
  { engine, tokenizer }: Pick<OpenModel, 'engine' | 'tokenizer'>,
  field: string,
  where: string,
): Promise<Int32Array> {
  if ((text === undefined) === (ids === undefined))
    throw new DataError(`${where}: ${field}: expected either ${field} or ids`)
  const found =
    text === undefined
      ? Int32Array.from(ids!)
      : encoded(text, await tokenizer(), `${where}: ${field}`)
  checkIds(found, engine.info, `${where}: ${text === undefined ? 'ids' : field}`)
  return found
}

function encoded(text: string, tokenizer: LoadedTokenizer, where: string): Int32Array {
  try {
    return tokenizer.encode(text)
  } catch (cause) {
    if (cause instanceof DataError) throw new DataError(`${where}: ${cause.message}`, { cause })
    throw cause
  }
}

function checkIds(ids: Int32Array, { vocabSize, maxPositions }: ModelInfo, where: string): void {
  if (ids.length > maxPositions)
    throw new DataError(`${where}: ${ids.length} tokens; the model takes at most ${maxPositions}`)
  const at = ids.findIndex(id => id >= vocabSize)
  if (at >= 0)
    throw new DataError(`${where}[${at}]: token ${ids[at]}; the vocabulary has ${vocabSize}`)
}
