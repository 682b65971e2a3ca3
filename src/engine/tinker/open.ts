// From an address to an engine: who is there, which models it has, how it counts gradients; all of it before anything is
// learned.

import { ConfigError, EngineError } from '../../errors.ts'
import { isPrivate } from '../../http/address.ts'
import { type Server, serverOf } from '../../http/post.ts'
import type { ModelInfo } from '../engine.ts'
import { readConfig } from '../hf/config-file.ts'
import { parameterCount } from '../hf/parameters.ts'
import { Line, LostError, type Patience, RefusedError } from './ask.ts'
import type { Dialect } from './dialect.ts'
import { tinkerJson } from './dialects/json.ts'
import { tinkerProto } from './dialects/proto.ts'
import { TinkerEngine } from './engine.ts'
import { type Batching, Operations } from './operations.ts'
import { probe } from './probe.ts'
import { carefulProfile, type Profile } from './profile.ts'
import { type Origin, Training, type TrainingSettings } from './training.ts'

/** The dialects that there are, in the order in which they are tried. */
export const dialects = { 'tinker-json': tinkerJson, 'tinker-proto': tinkerProto } as const
export type DialectName = keyof typeof dialects

/** Which server, and which of its models with what adapter. */
export interface TinkerOptions {
  readonly url: string // as address.ts has it; the path of the protocol is added
  readonly baseModel: string // by the server's name
  readonly rank: number // of the adapter
  readonly seed: number
  /** Sent only over TLS or to this machine; default what TINKER_API_KEY holds, where it is set. */
  readonly apiKey?: string | null | undefined
  readonly dialect?: DialectName | Dialect | undefined // default: found out
  /** What is known of the server. Where its reduction is not, it is tried; the rest is taken with care. */
  readonly profile?: Partial<Profile> | undefined
  readonly signal?: AbortSignal | undefined // of opening
  readonly say?: ((line: string) => void) | undefined // told what waits, and what was made good
  readonly inFlight?: number | undefined // requests for samples at once; default 128
  readonly patience?: Partial<Patience> | undefined
  readonly training?: Partial<TrainingSettings> | undefined
  readonly batching?: Batching | undefined
}

/** The server's model is that of a folder here, which has its config.json and its tokenizer. */
export interface OpenTinkerOptions extends TinkerOptions {
  readonly folder: string
}

/**
 * A fresh adapter on a server's model. Throws ConfigError for an address or a key that cannot be one, EngineError where the
 * server is not there, has no such model or does not do what is needed.
 */
export async function openTinkerEngine(options: OpenTinkerOptions): Promise<TinkerEngine> {
  const config = await readConfig(options.folder)
  if (config.head !== 'language-model')
    throw new ConfigError(`${options.folder}: a ${config.head} model; expected a language model`)
  const { architecture, head, vocabSize, maxPositions } = config
  const info = { architecture, head, vocabSize, maxPositions, absentIds: [], classes: 0 }
  const parameters = parameterCount(config)
  return openTinkerModel({ ...info, parameters }, options.folder, options)
}

/** The same, of a model of this shape. */
export async function openTinkerModel(
  shape: ModelInfo,
  folder: string | null,
  options: TinkerOptions,
): Promise<TinkerEngine> {
  const { baseModel, rank, seed, signal, inFlight, say = () => undefined } = options
  if (!Number.isInteger(rank) || rank < 1)
    throw new ConfigError(`an adapter of rank ${rank}; expected a whole number above 0`)
  const origin = { baseModel, rank, seed }
  const { operations, profile, info } = await understood(origin, shape, options)
  const training = new Training(operations, profile, origin, options.training ?? {}, say)
  const identity = { server: operations.line.shown, baseModel, folder, rank }
  try {
    await training.open(signal)
  } catch (error) {
    await training.close()
    throw error
  }
  const parts = { info, operations, profile, training, identity }
  return new TinkerEngine({ ...parts, ...(inFlight !== undefined && { inFlight }) })
}

interface Understood {
  readonly operations: Operations
  readonly profile: Profile
  readonly info: ModelInfo
}

/** How the server is spoken to, and what has to be known of it; the dialects are tried in turn where none is named. */
async function understood(
  origin: Origin,
  shape: ModelInfo,
  options: TinkerOptions,
): Promise<Understood> {
  const { dialect } = options
  const named = typeof dialect === 'object' ? dialect : dialect && dialects[dialect]
  const [first, ...others] = named ? [named] : Object.values(dialects)
  try {
    return await asked(first!, origin, shape, options)
  } catch (error) {
    const misunderstood = error instanceof RefusedError || error instanceof LostError
    if (!misunderstood || others.length === 0) throw error
    return asked(others[0]!, origin, shape, options).catch(() => {
      throw error // a server that understands neither says more about the one that is usual
    })
  }
}

async function asked(
  dialect: Dialect,
  origin: Origin,
  shape: ModelInfo,
  options: TinkerOptions,
): Promise<Understood> {
  const { signal, say = () => undefined, batching } = options
  const line = new Line(serverFor(options, dialect), options.patience ?? {}, say)
  const careful = new Operations(line, dialect, false, batching)
  const info = await offered(careful, origin.baseModel, shape, signal)
  const known = { ...carefulProfile, ...options.profile }
  const { reduction } = known
  const profile =
    reduction === undefined
      ? { ...known, ...(await probe(careful, origin, info, known.carrier, signal)) }
      : { ...known, reduction }
  return { operations: new Operations(line, dialect, profile.idempotent, batching), profile, info }
}

/** The server at an address. Throws ConfigError where the key would travel in clear. */
export function serverFor(
  { url, apiKey }: Pick<TinkerOptions, 'url' | 'apiKey'>,
  { root, keyHeader }: Dialect,
): Server {
  const key = apiKey === undefined ? process.env.TINKER_API_KEY || null : apiKey
  const server = serverOf(url, root, key, keyHeader)
  if (key !== null && !isPrivate(server.url))
    throw new ConfigError(
      `${server.shown}: a key would go there in clear; expected https, or this machine (unset TINKER_API_KEY to send none)`,
    )
  return server
}

/** The model as the server offers it. A server takes any name when a model is made, and gives what it has. */
async function offered(
  operations: Operations,
  baseModel: string,
  shape: ModelInfo,
  signal: AbortSignal | undefined,
): Promise<ModelInfo> {
  const models = await operations.capabilities(signal)
  const model = models.find(({ name }) => name === baseModel)
  if (model === undefined)
    throw new EngineError(
      `${operations.line.shown}: no model ${baseModel}; it has ${models.map(one => one.name).join(', ') || 'none'}`,
    )
  const { maxPositions } = model
  return { ...shape, maxPositions: Math.min(shape.maxPositions, maxPositions ?? Infinity) }
}
