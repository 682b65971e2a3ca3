// The engine of a run's policy: what the request says of it as a spec, and what of the request it cannot be.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine, Spent } from '../engine/engine.ts'
import type { ModelConfig } from '../engine/hf/config.ts'
import { readConfig } from '../engine/hf/config-file.ts'
import { adapterTable, type Lora, projections } from '../engine/hf/lora.ts'
import { mergeFolder } from '../engine/hf/merge.ts'
import { parameterCount } from '../engine/hf/parameters.ts'
import type { EngineSpec } from '../engine/open.ts'
import { ConfigError, RunError } from '../errors.ts'
import { addressOf, isPrivate } from '../http/address.ts'
import { findModel } from '../hub/find-model.ts'
import { adapterConfigFile } from '../model-source/adapter.ts'
import { modelSource } from '../model-source/model-source.ts'
import { hashSeed } from '../numbers/random.ts'
import type { Prompt } from '../problems/prompt.ts'
import type { RunWriter } from '../runs/writer.ts'
import { keepPrompt } from './prompting.ts'
import type { Settings, WholeRequest } from './request/request.ts'

type Asked = Pick<WholeRequest, 'engine' | 'device' | 'threads' | 'seed' | 'lora' | 'baseType'>

/** The environment variable with the key of a server; it is kept nowhere. */
const keyName = 'TINKER_API_KEY'

/** Whether the policy is on a server: its weights are not here, and what it does costs. */
export function isRemote({ engine }: Pick<Settings, 'engine'>): boolean {
  return engine.kind !== 'onnx'
}

/** How an engine is named to people. */
export function engineName({ engine }: Pick<Settings, 'engine'>): string {
  return engine.kind === 'onnx' ? 'the engine onnx' : `the engine ${engine.kind} at ${engine.url}`
}

/** What opens the policy that learns. */
export function policySpec(
  { engine, device, threads, seed, lora, baseType }: Asked,
  folder: string,
): EngineSpec {
  const adapterSeed = hashSeed(seed, 'adapter')
  if (engine.kind === 'onnx') {
    const place = { kind: 'onnx', folder, device, threads } as const
    return lora === null
      ? place
      : { ...place, base: baseType, lora: { ...lora, seed: adapterSeed } }
  }
  const { url, baseModel } = engine
  const { rank } = lora!
  return { kind: 'tinker', url, baseModel, folder, rank, seed: adapterSeed, apiKey: keyFor(url) }
}

/** The key for a server; null where there is none, or where it could be read on the way. */
export function keyFor(url: string, environment: Environment = process.env): string | null {
  const key = environment[keyName] ?? ''
  return key !== '' && isPrivate(addressOf(url).url) ? key : null
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Refuses, with a ConfigError, a request that its engine cannot be asked; `say` is told what of it a server does not hear.
 */
export async function requireEngine(
  request: WholeRequest,
  say: (line: string) => void = () => {},
): Promise<void> {
  const { engine, model, lora } = request
  if (engine.kind === 'onnx') return
  const { kind, url } = engine
  const isSafe = isPrivate(addressOf(url).url)
  if (model === null)
    throw new ConfigError(
      `--engine ${kind} learns a model that the server has: give --model, its folder or its name, instead of --from-scratch`,
    )
  if (lora === null)
    throw new ConfigError(`--engine ${kind} learns an adapter: give --lora, its rank, such as 32`)
  await requireBase(request, model)
  for (const ignored of unheard(request)) say(`${ignored} is not for ${url}: it is left out`)
  if (process.env[keyName] && !isSafe)
    say(`${keyName} is not sent to ${url}: only over TLS, or to this machine`)
}

/** A server begins with a whole model of its own; to merge an adapter into it here, its weights have to be here. */
async function requireBase({ merge }: WholeRequest, model: string): Promise<void> {
  const { path } = await findModel(model, { weights: false })
  const { adapter, gguf, names } = await modelSource(path)
  if (adapter !== null)
    throw new ConfigError(
      `--model ${model} is an adapter, which the server does not have; give the model beneath it, ${adapter.base}`,
    )
  const here = gguf !== null || (await names()).some(name => name.endsWith('.safetensors'))
  if (merge && !here)
    throw new ConfigError(
      `--merge writes the adapter into the weights of ${model}, which are on the server and not here; leave it out`,
    )
}

/** Writes the model of a checkpoint with an adapter as a whole one. Throws RunError where a server gave no adapter. */
export async function mergeCheckpoint(
  checkpoint: string,
  out: string,
  prompt: Prompt | null,
): Promise<void> {
  if (!existsSync(join(checkpoint, adapterConfigFile)))
    throw new RunError(
      `--merge: the server did not give the adapter of ${checkpoint}; the run is done, and its weights are there`,
    )
  await mergeFolder(checkpoint, out)
  keepPrompt(out, prompt)
}

/** Flags that say nothing to a server. */
function unheard({ lora, baseType, device, prm, scorer }: WholeRequest): string[] {
  const judged = prm !== null || scorer?.kind === 'model'
  return [
    ...(lora!.alpha === 2 * lora!.rank ? [] : ['--lora-alpha']),
    ...(lora!.targets.length === projections.length ? [] : ['--lora-targets']),
    ...(baseType === 'float32' ? [] : ['--base-dtype']),
    ...(device === 'cpu' || judged ? [] : ['--device']),
  ]
}

/** Tells once what a run on its engine is: how much of the policy learns, and what the engine does without. */
export async function tellEngine(
  { engine, lora }: WholeRequest,
  { folder, policy: { abilities } }: { readonly folder: string; readonly policy: Engine },
  log: RunWriter['log'],
  say: (line: string) => void = () => {},
): Promise<void> {
  // which layers a server adapts is for it to say
  if (lora !== null && engine.kind === 'onnx') say(adapterLine(lora, await readConfig(folder)))
  log('info', 'engine', { ...engine, abilities: { ...abilities } })
  const without = [
    ...(abilities.clipNorm ? [] : ['it does not clip gradients: a step takes them as they are']),
    ...(abilities.exactSeeds
      ? []
      : [
          'it may not repeat the samples of a seed: a run that goes on may be another one from there',
        ]),
  ]
  for (const what of without) {
    log('warn', 'the engine does without', { what })
    say(`${engine.kind}: ${what}`)
  }
}

/** Tells what a server was asked for by this process, and what that costs where prices are known. */
export function tellSpent(
  { engine }: WholeRequest,
  spent: Spent | null,
  log: RunWriter['log'],
  say: (line: string) => void = () => {},
): void {
  if (engine.kind === 'onnx' || spent === null) return
  const { prices } = engine
  const cost = prices && spentOn(spent, prices)
  log('info', 'tokens asked of the server', { ...spent, ...(cost !== null && { cost }) })
  const told = Object.entries(spent).map(([what, tokens]) => `${tokens} ${what}`)
  say(
    `tokens asked of the server: ${told.join(', ')}${cost === null ? '' : `; ${cost.toFixed(2)}`}`,
  )
}

function spentOn(spent: Spent, prices: Spent): number {
  const kinds = ['read', 'sampled', 'learned'] as const
  return kinds.reduce((sum, kind) => sum + (spent[kind] * prices[kind]) / 1e6, 0)
}

function adapterLine(lora: Lora, config: ModelConfig): string {
  const learned = adapterTable(config, lora).reduce((sum, { size }) => sum + size, 0)
  const millions = (count: number): string => `${(count / 1e6).toPrecision(3)} M`
  return `an adapter of rank ${lora.rank} learns: ${millions(learned)} numbers beside ${millions(parameterCount(config))} that stay as they are`
}
