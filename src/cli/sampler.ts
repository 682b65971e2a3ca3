// Where a policy samples that is only asked: here, or on a server that holds it.

import type { Engine, ModelInfo } from '../engine/engine.ts'
import { openServed } from '../engine/served/open.ts'
import { ConfigError } from '../errors.ts'
import { requireNoSecret } from '../http/address.ts'
import { keyOf } from '../http/key.ts'
import { type LoadedTokenizer, loadTokenizer } from '../tokenizer/load.ts'
import { type Flags, type Given, kebab, textFlag, wholeFlag } from './flags.ts'
import { say } from './io.ts'
import { askedModel, openModel, type Placed } from './model.ts'
import type { Section } from './usage.ts'

/** Flags of every command whose policy may be on a server. */
export const samplerArgs = {
  samplerUrl: {
    type: 'string',
    valueHint: 'address',
    description:
      'server that samples, such as http://localhost:8000 of vLLM; of --model only configuration and tokenizer are read',
  },
  samplerModel: {
    type: 'string',
    valueHint: 'name',
    description: "the policy's name there; default the only one that is served",
  },
  samplerKeyEnv: {
    type: 'string',
    valueHint: 'variable',
    description: 'environment variable with the key that it asks for; default: none is sent',
  },
  samplerConcurrency: {
    type: 'string',
    valueHint: 'count',
    description: 'requests to it at once; default 32',
  },
} as const satisfies Flags

/** Their part of --help. */
export const samplerSection = { title: 'sampler', args: samplerArgs } as const satisfies Section

/** A server that samples; its key is kept nowhere. */
export interface SamplerSpec {
  readonly url: string
  readonly model: string | null
  readonly keyEnv: string | null
  readonly concurrency: number
}

/** The server that flags name; null where the policy samples here. */
export function samplerSpec(args: Given): SamplerSpec | null {
  const url = textFlag(args, 'samplerUrl')
  const stray = Object.keys(samplerArgs).find(name => args[name] !== undefined)
  if (url === null && stray !== undefined)
    throw new ConfigError(`--${kebab(stray)} goes with --sampler-url, the address of a server`)
  if (url === null) return null
  requireNoSecret(url)
  return {
    url,
    model: textFlag(args, 'samplerModel'),
    keyEnv: textFlag(args, 'samplerKeyEnv'),
    concurrency: wholeFlag(args, 'samplerConcurrency', 32),
  }
}

/** What of a server decides what it samples, for a file that is continued. */
export function samplerIdentity(spec: SamplerSpec | null) {
  return spec === null ? {} : { sampler: { url: spec.url, model: spec.model } }
}

/** A policy that is asked. */
export interface OpenPolicy {
  readonly engine: Pick<Engine, 'spell' | 'sample' | 'score' | 'close'> & {
    readonly info: Omit<ModelInfo, 'parameters'>
  }
  tokenizer(): Promise<LoadedTokenizer>
}

const answerMs = 600_000 // that one completion may take

/** Opens the policy that --model names: here, or where the server is. */
export async function openPolicy(
  named: string,
  place: Placed,
  sampler: SamplerSpec | null,
  signal?: AbortSignal,
): Promise<OpenPolicy> {
  if (sampler === null) return openModel(named, place)
  const { folder } = await askedModel(named, false)
  const tokenizer = await loadTokenizer(folder)
  const { url, model, keyEnv, concurrency } = sampler
  const apiKey = keyOf(keyEnv, '--sampler-key-env')
  const engine = await openServed(
    { url, model, apiKey, concurrency, retries: 8, timeoutMs: answerMs },
    { folder, tokenizer, use: 'samples', say, signal },
  )
  return { engine, tokenizer: async () => tokenizer }
}
