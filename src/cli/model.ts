// A model as commands read it: an engine, and a tokenizer where text comes in or goes out.
import { z } from 'zod'
import { type Device, devices, type Engine, type ModelInfo } from '../engine/engine.ts'
import { finishReplacing } from '../engine/hf/replace-files.ts'
import { type EngineSpec, openEngine } from '../engine/open.ts'
import { isOnServer, storedModel } from '../engine/tinker/saving.ts'
import { ConfigError, DataError } from '../errors.ts'
import { isModel } from '../model-source/model-source.ts'
import { type LoadedTokenizer, loadTokenizer } from '../tokenizer/load.ts'
import { keyFor } from '../train/engine.ts'
import type { Asked } from '../train/prompting.ts'
import { type Flags, threadsFlag } from './flags.ts'
import { say } from './io.ts'
import { modelPath, namedModel } from './named-model.ts'
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
    description: 'that share the work of a model; auto: as many as there are cores, at most 16',
  },
} as const satisfies Flags

/** Their part of --help. */
export const placeSection = { title: 'machine', args: placeArgs } as const satisfies Section

/** Of commands that may ask a model where a server keeps it. */
export const keptArgs = {
  url: {
    type: 'string',
    valueHint: 'address',
    description:
      'of the server that keeps --model, a checkpoint of a run there; default the one that it names',
  },
} as const satisfies Flags

/** What was given for them. */
export interface Placed {
  readonly url?: string | undefined
  readonly device?: string | undefined
  readonly threads?: string | undefined
}

/** Where an engine is to run, as the flags say. */
export function placement({ device = 'cpu', threads = '2' }: Placed): {
  device: Device
  threads: number
} {
  return {
    device: devices.find(known => known === device) ?? 'cpu',
    threads: threadsFlag(threads),
  }
}

/**
 * Opens the model that --model names: a folder, a GGUF file, a model of the Hub, or a checkpoint whose weights a server keeps,
 * which answers then.
 */
export async function openModel(named: string, place: Placed = {}): Promise<OpenModel> {
  const { folder, tokens } = await placeOf(named)
  const engine = await openEngine(await specOf(folder, tokens, place), { say })
  let tokenizer: Promise<LoadedTokenizer> | null = null
  return {
    folder,
    engine,
    tokenizer: () => {
      tokenizer ??= loadTokenizer(tokens, engine.info.vocabSize)
      return tokenizer
    },
  }
}

async function specOf(
  folder: string,
  base: string,
  { url, ...place }: Placed,
): Promise<EngineSpec> {
  if (isOnServer(folder)) {
    const { model: _, ...stored } = await storedModel(folder)
    const there = { ...stored, ...(url !== undefined && { url }) }
    const apiKey = keyFor(there.url)
    return { kind: 'tinker', ...there, folder: base, seed: 0, apiKey, saved: folder }
  }
  if (url === undefined) return { kind: 'onnx', folder, ...placement(place) }
  throw new ConfigError(`--url goes with a checkpoint that a server keeps; ${folder} is here`)
}

/** What a model is asked by depends on: its folder, and its tokens. Without `weights` no more of it has to be there. */
export async function askedModel(named: string, weights = true): Promise<Asked> {
  const { folder, tokens } = await placeOf(named, weights)
  return { folder, tokenizer: await loadTokenizer(tokens) }
}

/** Where a model is, and its tokenizer: of a checkpoint whose weights a server keeps that of the model beneath. */
async function placeOf(named: string, weights = true): Promise<{ folder: string; tokens: string }> {
  const kept = isOnServer(named)
  const { path: folder } = await namedModel(named, process.stderr, weights && !kept)
  await finishReplacing(folder)
  if (kept) {
    const { model } = await storedModel(folder)
    return { folder, tokens: model === null ? folder : await modelPath(model, false) }
  }
  if (await isModel(folder)) return { folder, tokens: folder }
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
