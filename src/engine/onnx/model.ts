// One model in memory: its parameters in a flat array, the gradient and optimizer beside it, and its compiled graphs.

import type { StepOptions, StepResult } from '../../types.ts'
import { adamW, type Moments, norm } from '../adamw.ts'
import type { ModelConfig } from '../hf/config.ts'
import { type Parameter, parameterTable } from '../hf/parameters.ts'
import { type Fed, type Feeds, openSession, type Session } from './session.ts'
import { causalMask, rotaryAngles } from './tables.ts'
import { decodeGraph, learnGraph, promptGraph, scoreGraph } from './transformer.ts'

const graphs = { score: scoreGraph, learn: learnGraph, prompt: promptGraph, decode: decodeGraph }
export type GraphName = keyof typeof graphs

export interface ModelOptions {
  readonly threads: number // of one operation; default 2
  readonly budget: number // tokens in one rectangle; default 4096
}

export class Model {
  readonly config: ModelConfig
  readonly values: Float32Array
  readonly table: readonly Parameter[]
  readonly budget: number
  version = 0
  private readonly newFrom: number | null
  private readonly threads: number
  private readonly held: Feeds // the weights, read in place, and the angles
  private readonly sessions = new Map<GraphName, Promise<Session>>()
  private readonly masks = new Map<number, Fed>()
  private accumulated: Float32Array | null = null
  private moments: Moments | null = null

  /** `newLayers`: how many of the last layers were drawn with the head, and count as part of it. */
  constructor(
    config: ModelConfig,
    values: Float32Array,
    options: Partial<ModelOptions> & { readonly newLayers?: number } = {},
  ) {
    this.config = config
    this.values = values
    this.threads = options.threads ?? 2
    this.budget = options.budget ?? 4096
    this.table = parameterTable(config)
    this.newFrom = headStart(config, this.table, options.newLayers ?? 0)
    const weights = this.table.map(({ name, shape, offset, size }) => {
      return [name, { data: values.subarray(offset, offset + size), shape }] as const
    })
    this.held = { ...Object.fromEntries(weights), ...rotaryAngles(config) }
  }

  /** Runs a graph on the current weights, compiling it at its first use. */
  async run(name: GraphName, feeds: Feeds): Promise<Readonly<Record<string, Float32Array>>> {
    let session = this.sessions.get(name)
    if (session === undefined) {
      session = openSession(graphs[name](this.config, this.table), this.threads, this.held)
      this.sessions.set(name, session)
    }
    return (await session).run(feeds)
  }

  /** What every graph over whole sequences is fed: ids [B * S] right-padded, and what depends on B and S alone. */
  rectangle(ids: BigInt64Array, rows: number, length: number): Feeds {
    const { heads, kvHeads, headDim } = this.config
    let mask = this.masks.get(length)
    if (mask === undefined) {
      mask = causalMask(length, heads / kvHeads)
      this.masks.set(length, mask)
    }
    const layout = BigInt64Array.from([rows, length, -1, headDim], BigInt)
    return {
      ids: { data: ids, shape: [rows * length] },
      layout: { data: layout, shape: [4] },
      positions: { data: BigInt64Array.of(0n), shape: [1] },
      mask,
    }
  }

  /** The accumulated gradient, flat as the parameters. */
  gradient(): Float32Array {
    this.accumulated ??= new Float32Array(this.values.length)
    return this.accumulated
  }

  /** Adds what the learning graph returned under `d:<weight>`. */
  addGradients(results: Readonly<Record<string, Float32Array>>): void {
    const total = this.gradient()
    for (const { name, offset, size } of this.table) {
      const part = results[`d:${name}`]!
      for (let i = 0; i < size; i++) total[offset + i]! += part[i]!
    }
  }

  /** Forgets the accumulated gradient. */
  clear(): void {
    this.accumulated?.fill(0)
  }

  /** One AdamW step on the accumulated gradient, which is then forgotten; none where it is not finite. */
  step(options: StepOptions): StepResult {
    const { betas = [0.9, 0.95], epsilon = 1e-8, weightDecay = 0, clipNorm = 1 } = options
    const gradient = this.gradient()
    const from = options.only === 'head' ? (this.newFrom ?? this.values.length) : 0
    const gradNorm = norm(gradient.subarray(from))
    const applied = Number.isFinite(gradNorm)
    if (applied) {
      const scale = gradNorm > clipNorm ? clipNorm / (gradNorm + 1e-6) : 1 // as PyTorch clips
      const [beta1, beta2] = betas
      const { learningRate } = options
      this.moments ??= {
        mean: new Float32Array(this.values.length),
        square: new Float32Array(this.values.length),
        steps: 0,
      }
      this.moments.steps++
      const rates = { learningRate, beta1, beta2, epsilon, weightDecay }
      adamW(this.values, gradient, this.moments, rates, scale, from)
      this.version++
    }
    this.clear()
    return { gradNorm, applied }
  }

  async close(): Promise<void> {
    const open = await Promise.allSettled(this.sessions.values())
    this.sessions.clear()
    for (const session of open) if (session.status === 'fulfilled') await session.value.close()
  }
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
