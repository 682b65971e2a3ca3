// One model in memory: its weights in a flat array, the gradient and optimizer of those that learn beside them, and its
// compiled graphs.

import type { TokenBytes } from '../../tokenizer/tokenizer.ts'
import { freshMoments, type Moments } from '../adamw.ts'
import { blendInto } from '../blend.ts'
import { requireTokenBytes } from '../completing.ts'
import type { Device, ModelInfo, Precision, StepOptions, StepResult } from '../engine.ts'
import type { ModelConfig } from '../hf/config.ts'
import { type Adapter, adapterTable } from '../hf/lora.ts'
import { type BaseType, type PackedWeights, unpackAll } from '../hf/packed.ts'
import { type Parameter, parameterCount, parameterTable } from '../hf/parameters.ts'
import { addOrthogonal } from '../orthogonal.ts'
import { addRows } from './add-rows.ts'
import { SpareCache, usualCacheBytes } from './cache.ts'
import { decodeGraph } from './decoding-graph.ts'
import { descend } from './descend.ts'
import { Layouts } from './layouts.ts'
import { bytesPerToken } from './memory.ts'
import type { Reading } from './read-sequences.ts'
import {
  embeddedGradient,
  hiddenGraph,
  type Learning,
  learnGraph,
  logitsGraph,
  promptGraph,
  scoreGraph,
} from './reading-graphs.ts'
import { type Fed, type Feeds, openSession, type Place, type Session } from './session.ts'
import { growingAngles, type RotaryAngles } from './tables.ts'
import { type Blueprint, embedding } from './transformer.ts'
import { feedsOf, valuesIn } from './weight-feeds.ts'

/** How a model runs; none of it changes what it computes. */
export interface ModelOptions {
  readonly device: Device // default 'cpu'
  readonly threads: number // default 2
  readonly budget: number // tokens in one rectangle; default 4096
  readonly valueBytes: number // of what their gradient needs, which may mean fewer tokens; default 2^31
  readonly logits: number // numbers in one slice of logits over the vocabulary; default 2^24
  readonly rows: number // completions decoded side by side; default 256
  readonly cacheBytes: number // of keys and values of those, which may mean fewer rows; default 2^31
  readonly recompute: boolean // layers again for the gradient: less memory, a third more work; default where a row alone passes valueBytes
  readonly base: BaseType // how frozen weights are held; default float32
  readonly lanes: number // threads that share the rows of a small model; default all up to 20 M parameters, else 1
}

/** What a model is given beside its weights. */
export interface ModelParts {
  readonly newLayers?: number // how many of the last layers were drawn with the head, and count as part of it
  readonly adapter?: Adapter // what learns, when the weights are frozen
  readonly absentIds?: readonly number[] // of the vocabulary, without a token; default none
  readonly gradient?: Float32Array // where it is added up; default an array of its own
}

/** One of a model's graphs. */
export type GraphSpec =
  | (Reading & {
      readonly kind: 'score'
      readonly slices: number
      readonly adapted: boolean
      readonly means: boolean // over the vocabulary
    })
  | (Reading & { readonly kind: 'hidden'; readonly behind: readonly number[] }) // layers
  | (Learning & { readonly kind: 'learn' })
  | (Reading & { readonly kind: 'logits' })
  | { readonly kind: 'prompt' }
  | { readonly kind: 'decode'; readonly fixed: boolean; readonly rounded?: true }

/** Parameters up to which the operations of a model are too short to keep several threads busy. */
const smallModel = 2e7

/** Pieces that one shader cuts: with what they are cut from, the eight buffers that every WebGPU adapter binds. */
const shaderPieces = 7

/**
 * Laying the weights out for decoding pays from about this many tokens on, and doubles their memory. It takes a small
 * model no time, and its answers are then the same to the last bit however many rows there are.
 */
const worthFixing = { steps: 64, small: 2e6, parameters: 2e8 }

const laidOut = { kind: 'decode', fixed: true } as const
const rounded = { ...laidOut, rounded: true } as const

export class Model {
  readonly config: ModelConfig
  readonly info: ModelInfo
  readonly stored: Float32Array | PackedWeights // the weights, flat as parameterTable, or by name
  readonly adapter: Adapter | null
  /** The parameters that learn, flat in `trained`: all of them, or the adapter's. */
  readonly table: readonly Parameter[]
  readonly trained: Float32Array
  readonly logits: number
  readonly rows: number
  readonly cacheBytes: number
  version = 0
  readonly spare: SpareCache
  readonly layouts: Layouts
  tokens: TokenBytes | null = null // what the vocabulary spells, once somebody has said so
  private readonly options: ModelOptions
  private readonly blueprint: Blueprint
  private readonly newFrom: number | null
  private readonly place: Place
  private readonly held: Feeds // the weights, read in place
  private readonly angles: (positions: number) => RotaryAngles
  private readonly sessions = new Map<string, Promise<Session>>()
  private fixedVersion = 0
  private accumulated: Float32Array | null
  private moments: Moments | null = null

  constructor(
    config: ModelConfig,
    stored: Float32Array | PackedWeights,
    { newLayers = 0, adapter, absentIds = [], gradient, ...options }: ModelOptions & ModelParts,
  ) {
    this.config = config
    this.stored = stored
    this.adapter = adapter ?? null
    this.options = options
    const planned = parameterCount(config) <= smallModel
    const unpacks = !(stored instanceof Float32Array)
    this.place = { device: options.device, threads: options.threads, planned, unpacks }
    this.logits = options.logits
    this.rows = options.rows
    this.cacheBytes = options.cacheBytes
    this.spare = new SpareCache(config, options.cacheBytes / 4)
    this.layouts = new Layouts(config)
    const base = parameterTable(config)
    this.table = adapter === undefined ? base : adapterTable(config, adapter.lora)
    this.trained = adapter?.values ?? this.values
    this.accumulated = gradient ?? null
    this.info = infoOf(config, this.parameters, absentIds)
    this.newFrom = headStart(config, this.table, newLayers)
    // An adapter's own head comes after the frozen one and takes its place.
    this.held = { ...feedsOf(stored, base), ...feedsOf(this.trained, this.table) }
    this.angles = growingAngles(config)
    const all = new Map([...base, ...this.table].map(parameter => [parameter.name, parameter]))
    this.blueprint = {
      config,
      device: options.device,
      table: [...all.values()],
      learned: this.table,
      lora: adapter?.lora ?? null,
      packed: stored instanceof Float32Array ? null : stored.type,
    }
  }

  /** The weights as float32, flat as parameterTable: themselves, or a copy of packed ones. */
  get values(): Float32Array {
    const { stored, config } = this
    return stored instanceof Float32Array ? stored : unpackAll(stored, config)
  }

  /** Keeps what the tokens spell. Throws EngineError where that is not of this vocabulary. */
  spell(tokens: TokenBytes): void {
    requireTokenBytes(tokens, this.config)
    this.tokens = tokens
  }

  /** What the frozen weights alone make. */
  private get beneath(): Blueprint {
    return { ...this.blueprint, table: parameterTable(this.config), learned: [], lora: null }
  }

  /** Shapes of the weights that are matrices, [out, in], without adapters. */
  get shapes(): readonly (readonly number[])[] {
    const adapted = this.adapter === null ? [] : this.table
    const own = this.blueprint.table.filter(parameter => !adapted.includes(parameter))
    return own.map(({ shape }) => shape).filter(shape => shape.length === 2)
  }

  /** Threads of one operation. */
  get threads(): number {
    return this.place.threads
  }

  /** How many numbers shape the model's answers. */
  get parameters(): number {
    return parameterCount(this.config) + (this.adapter?.values.length ?? 0)
  }

  /** Every weight by its name, as a view, or a copy of a packed one. */
  views(): Map<string, Float32Array> {
    const views = viewsOf(this.values, parameterTable(this.config))
    return new Map([...views, ...viewsOf(this.trained, this.table)])
  }

  /** Runs a graph on the current weights, compiling it at its first use. */
  async run(spec: GraphSpec, feeds: Feeds): Promise<Readonly<Record<string, Float32Array>>> {
    if (spec.kind === 'decode' && spec.fixed && this.fixedVersion !== this.version) {
      await this.forgetFixed()
    }
    const key = keyOf(spec)
    let session = this.sessions.get(key)
    if (session === undefined) {
      session = openSession(this.build(spec), this.place, this.held)
      this.sessions.set(key, session)
    }
    return (await session).run({ ...this.angles(positionsOf(feeds)), ...feeds })
  }

  /** The graph for decoding up to `steps` tokens a row: what it is depends on nothing else, so that runs repeat. */
  decoder(
    steps: number,
    precision: Precision = 'float32',
  ): GraphSpec & { readonly kind: 'decode' } {
    if (precision === 'int8') return rounded
    const length = parameterCount(this.config)
    const fixed =
      length <= worthFixing.small ||
      (steps >= worthFixing.steps && length <= worthFixing.parameters)
    return { kind: 'decode', fixed }
  }

  /** How many tokens one rectangle with rows of so many tokens holds. */
  budget(length: number): number {
    const { budget, valueBytes, recompute } = this.options
    const bytes = bytesPerToken(this.config, length, { recompute })
    return Math.min(budget, Math.floor(valueBytes / bytes))
  }

  /** Whether layers are computed again for the gradient of rows of so many tokens. */
  recomputes(length: number): boolean {
    const { valueBytes, recompute } = this.options
    return (
      recompute || length * bytesPerToken(this.config, length, { recompute: false }) > valueBytes
    )
  }

  /**
   * In how many slices the logits of so many tokens are computed: as many as those of the largest rectangle need, since
   * every other number is another graph, with memory of its own.
   */
  slices(rows: number): number {
    if (this.config.head === 'token-classification') return 1
    const most = Math.max(rows, this.budget(1))
    const slices = Math.min(rows, Math.ceil((most * this.config.vocabSize) / this.logits))
    return this.place.device === 'webgpu' ? Math.min(slices, shaderPieces) : slices
  }

  /** The accumulated gradient, flat as what is trained. */
  gradient(): Float32Array {
    this.accumulated ??= new Float32Array(this.trained.length)
    return this.accumulated
  }

  /** Adds what a learning graph returned for tokens `ids` [T]: `d:<weight>`, and the embedding's rows. */
  addGradients(results: Readonly<Record<string, Float32Array>>, ids: BigInt64Array): void {
    const total = this.gradient()
    for (const { name, offset, size } of this.table) {
      if (name === embedding) addRows(total, offset, results[embeddedGradient]!, ids)
      const part = results[`d:${name}`]
      if (part !== undefined) for (let i = 0; i < size; i++) total[offset + i]! += part[i]!
    }
  }

  /** Forgets the accumulated gradient. */
  clear(): void {
    this.accumulated?.fill(0)
  }

  /** One step on the accumulated gradient, which is then forgotten; none where it is not finite. */
  step(options: StepOptions): StepResult {
    const gradient = this.gradient()
    this.addHeadPenalty(options.orthogonal ?? 0)
    const from = options.only === 'head' ? (this.newFrom ?? gradient.length) : 0
    if (options.rule !== 'sgd') this.moments ??= freshMoments(gradient.length)
    const result = descend(this.trained, gradient, this.moments, options, from)
    if (result.applied) this.version++
    this.clear()
    return result
  }

  private addHeadPenalty(weight: number): void {
    const { head, ...config } = this.config
    if (weight === 0 || head !== 'token-classification') return
    const rows = this.table.findLast(({ shape, group }) => group === 'head' && shape.length === 2)
    if (rows === undefined) return
    const [count, width] = [config.classes, rows.shape[1]!]
    const at = (row: number, i: number): number => rows.offset + row * width + i
    addOrthogonal(this.gradient(), this.trained, { rows: count, width, at }, weight)
  }

  /** What learns becomes share * itself + (1 - share) * other; the gradient is forgotten. */
  blend(other: Float32Array, share: number): void {
    blendInto(this.trained, other, share)
    this.version++
    this.clear()
  }

  /** What AdamW remembers; null before its first step. */
  get remembered(): Moments | null {
    return this.moments
  }

  /** Takes what AdamW remembers, weights being those of `version` now, and forgets the gradient. */
  async renew(version: number, moments: Moments | null): Promise<void> {
    this.moments = moments
    this.version = version
    this.clear()
    await this.forgetFixed()
  }

  async close(): Promise<void> {
    const open = await Promise.allSettled(this.sessions.values())
    this.sessions.clear()
    for (const session of open) if (session.status === 'fulfilled') await session.value.close()
  }

  private build(spec: GraphSpec): Uint8Array {
    if (spec.kind === 'score') {
      return scoreGraph(spec.adapted ? this.blueprint : this.beneath, spec)
    }
    if (spec.kind === 'learn') return learnGraph(this.blueprint, spec)
    if (spec.kind === 'logits') return logitsGraph(this.blueprint, spec)
    if (spec.kind === 'prompt') return promptGraph(this.blueprint)
    if (spec.kind === 'hidden') return hiddenGraph(this.blueprint, spec)
    if (spec.rounded) return decodeGraph(this.blueprint, { rounded: w => valuesIn(this.held, w) })
    return decodeGraph(this.blueprint, spec.fixed ? { fixed: this.views() } : {})
  }

  private async forgetFixed(): Promise<void> {
    const keys = [laidOut, rounded].map(keyOf)
    const old = keys.map(key => this.sessions.get(key))
    for (const key of keys) this.sessions.delete(key)
    this.fixedVersion = this.version
    for (const session of old) await (await session)?.close()
  }
}

function viewsOf(flat: Float32Array, table: readonly Parameter[]): [string, Float32Array][] {
  return table.map(({ name, offset, size }) => [name, flat.subarray(offset, offset + size)])
}

/** The options with what they are where nothing is said, for a model of so many parameters. */
export function modelOptions(parameters: number, options: Partial<ModelOptions>): ModelOptions {
  const { device = 'cpu', threads = 2 } = options
  const lanes = device === 'cpu' && parameters <= smallModel ? threads : 1
  return {
    device,
    threads,
    lanes,
    budget: 4096,
    valueBytes: 2 ** 31,
    logits: 2 ** 24,
    rows: 256,
    cacheBytes: usualCacheBytes,
    recompute: false,
    base: 'float32',
    ...options,
  }
}

function infoOf(config: ModelConfig, parameters: number, absentIds: readonly number[]): ModelInfo {
  const { architecture, head, vocabSize, maxPositions } = config
  const classes = head === 'token-classification' ? config.classes : 0
  return { architecture, head, parameters, vocabSize, absentIds, maxPositions, classes }
}

/**
 * How many positions a run needs: those of its rectangle, and up to the last that is named. The library asks for as many
 * as a row has tokens, wherever they stand.
 */
function positionsOf({ layout, positions, endPositions }: Feeds): number {
  if (layout === undefined) return lastOf(positions!) + 1
  const named = endPositions ? Math.max(lastOf(endPositions) + 1, endPositions.shape[1]!) : 0
  return Math.max(Number(layout.data[1]), named)
}

function lastOf({ data }: Fed): number {
  return (data as BigInt64Array).reduce((most, p) => Math.max(most, Number(p)), 0)
}

function keyOf(spec: GraphSpec): string {
  return JSON.stringify(Object.entries(spec).sort())
}

/** Where the head's parameters begin, which are the last ones; null where the output is tied to the input. */
function headStart(
  { layers }: ModelConfig,
  table: readonly Parameter[],
  newLayers: number,
): number | null {
  const first = newLayers > 0 ? `model.layers.${layers - newLayers}.` : null
  const isHead = ({ name, group }: Parameter): boolean =>
    first === null ? group === 'head' : name.startsWith(first)
  return table.find(isHead)?.offset ?? null
}
