// The local engine as the rest of the program sees it: verbs that are sent to a thread of its own.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { ConfigError, EngineError } from '../../errors.ts'
import { type Failure, onEnd, revived } from '../../threads/failure.ts'
import { startThread } from '../../threads/thread.ts'
import type { TokenBytes } from '../../tokenizer/tokenizer.ts'
import { allAbilities } from '../abilities.ts'
import type {
  Abilities,
  Asked,
  Completion,
  Engine,
  HiddenOptions,
  LabelledSequence,
  ModelInfo,
  SampleOptions,
  SampleRequest,
  ScoreOptions,
  Scoring,
  SlopedSequence,
  StepOptions,
  StepResult,
  TokenScores,
  WeightedSequence,
} from '../engine.ts'
import type { ModelConfig } from '../hf/config.ts'
import { type Lora, projections } from '../hf/lora.ts'
import { settleDrivers } from './drivers.ts'
import type { AdapterSource, Source, VerbName } from './host.ts'
import type { ModelOptions } from './model.ts'
import type { SavingOptions } from './saving.ts'

export interface Request {
  readonly id: number
  readonly verb: VerbName | 'cancel' | 'close'
  readonly args: readonly unknown[]
}
export interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly error?: Failure
  readonly version?: number
  readonly config?: ModelConfig
  readonly info?: ModelInfo
  readonly adapted?: boolean
  readonly int8?: boolean // whether products of bytes are exact here
}

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/** What learns, where the weights of a folder are to stay as they are; at most one of the two. */
export interface Adapting {
  /** A fresh low-rank adapter (arXiv:2106.09685); default rank 8, alpha 16, every projection of a layer, seed 0. */
  readonly lora?: Partial<Lora> & { readonly seed?: number }
  /** A folder with an adapter as PEFT saves it. */
  readonly adapter?: string
}

/**
 * The model of a Hugging Face folder, ready to sample and learn on the CPU; with an adapter only that learns. Throws
 * DataError for a folder that is damaged or does not fit, EngineError for an architecture that is not known.
 */
export function openOnnxEngine(
  folder: string,
  { lora, adapter, ...options }: Partial<ModelOptions> & Adapting = {},
): Promise<OnnxEngine> {
  if (lora !== undefined && adapter !== undefined) {
    throw new ConfigError('openOnnxEngine: a fresh adapter and a saved one; expected one of them')
  }
  const source =
    adapter === undefined ? freshAdapter(lora) : ({ kind: 'saved', folder: adapter } as const)
  return OnnxEngine.open({ kind: 'folder', folder, adapter: source }, options)
}

function freshAdapter(lora: Adapting['lora']): AdapterSource | null {
  if (lora === undefined) return null
  const { seed = 0 } = lora
  return { kind: 'fresh', lora: loraOf(lora), seed }
}

function loraOf({ rank = 8, alpha = 2 * rank, targets = projections }: Partial<Lora>): Lora {
  return { rank, alpha, targets }
}

/** What a language model gets to become a classifier of tokens. */
export interface Growing {
  readonly classes?: number // default 2
  readonly newLayers?: number // between trunk and head; default 0
  readonly seed?: number // of the new weights; default 0
  /** A low-rank adapter of the trunk, which stays as it is but for that; default none, the trunk learns too. */
  readonly lora?: Partial<Lora>
}

/**
 * A classifier of tokens whose trunk is a folder's and whose head is new. New layers pass their input on unchanged at
 * first; they can look at what the trunk expected of a token and at what came.
 */
export function openWithNewHead(
  folder: string,
  { classes = 2, newLayers = 0, seed = 0, lora, ...options }: Growing & Partial<ModelOptions>,
): Promise<OnnxEngine> {
  const adapted = lora === undefined ? null : loraOf(lora)
  const source = { kind: 'new-head', folder, classes, newLayers, seed, lora: adapted } as const
  return OnnxEngine.open(source, options)
}

/** A model with fresh weights of the given shape, drawn from `seed`. */
export function openFreshEngine(
  config: ModelConfig,
  { seed = 0, ...options }: Partial<ModelOptions> & { seed?: number } = {},
): Promise<OnnxEngine> {
  return OnnxEngine.open({ kind: 'fresh', config, seed }, options)
}

export class OnnxEngine implements Engine {
  readonly info: ModelInfo
  readonly abilities: Abilities
  readonly config: ModelConfig
  readonly base: Scoring | null
  version = 0
  private readonly worker: Worker
  private readonly folder: string | null // that the model came from
  private readonly waiting = new Map<number, Waiting>()
  private count = 0
  private closed: Error | null = null
  private readonly ended: Promise<void>

  static async open(source: Source, options: Partial<ModelOptions>): Promise<OnnxEngine> {
    settleDrivers(options.device)
    const worker = startThread(import.meta.url, 'worker', { workerData: { source, options } })
    const hello = await firstAnswer(worker)
    if (hello.error !== undefined) throw thrown(hello.error)
    const folder = source.kind === 'fresh' ? null : source.folder
    return new OnnxEngine(worker, hello, folder)
  }

  private constructor(
    worker: Worker,
    { config, info, adapted, int8 = false }: Answer,
    folder: string | null,
  ) {
    this.abilities = { ...allAbilities, int8 }
    this.worker = worker
    this.folder = folder
    this.config = config!
    this.info = info!
    const score = (
      sequences: readonly Int32Array[],
      signal?: AbortSignal,
      options: ScoreOptions = {},
    ) => this.ask<TokenScores[]>('scoreBase', [sequences, options], signal)
    this.base = adapted ? { score } : null
    worker.on('message', (answer: Answer) => this.receive(answer))
    onEnd(worker, how => this.fail(endedBy(how)))
    this.ended = new Promise(resolve => worker.once('exit', () => resolve()))
    worker.unref() // an idle engine does not keep a program alive
  }

  spell(tokens: TokenBytes): Promise<void> {
    return this.ask('spell', [tokens])
  }
  async sample(
    requests: readonly SampleRequest[],
    options: SampleOptions,
  ): Promise<Completion[][]> {
    const { signal, arrived: _, ...rest } = options // all rows are drawn side by side
    if (options.precision === 'int8' && !this.abilities.int8)
      throw new EngineError(
        'sample: precision int8; products of bytes are exact on the device cpu alone, and on some processors not there',
      )
    return this.ask('sample', [requests, rest], signal)
  }
  score(
    sequences: readonly Int32Array[],
    signal?: AbortSignal,
    options: ScoreOptions = {},
  ): Promise<TokenScores[]> {
    return this.ask('score', [sequences, options], signal)
  }
  hidden(
    sequences: readonly Int32Array[],
    signal?: AbortSignal,
    options: HiddenOptions = {},
  ): Promise<Float32Array[]> {
    return this.ask('hidden', [sequences, options], signal)
  }
  classify(sequences: readonly Asked[], signal?: AbortSignal): Promise<Float32Array[]> {
    return this.ask('classify', [sequences], signal)
  }
  accumulate(sequences: readonly WeightedSequence[], signal?: AbortSignal): Promise<TokenScores[]> {
    return this.ask('accumulate', [sequences], signal)
  }
  accumulateClasses(
    sequences: readonly LabelledSequence[],
    scale: number,
    signal?: AbortSignal,
  ): Promise<number> {
    return this.ask('accumulateClasses', [sequences, scale], signal)
  }
  accumulateLogits(sequences: readonly SlopedSequence[], signal?: AbortSignal): Promise<void> {
    return this.ask('accumulateLogits', [sequences], signal)
  }
  step(options: StepOptions): Promise<StepResult> {
    return this.ask('step', [options])
  }
  clear(): Promise<void> {
    return this.ask('clear', [])
  }
  weights(): Promise<Float32Array> {
    return this.ask('weights', [])
  }
  blend(weights: Float32Array, share: number): Promise<void> {
    return this.ask('blend', [weights, share])
  }
  /**
   * Writes a folder that transformers and vLLM load, all of it or nothing: weights (an adapter in them, or alone), config, and the
   * tokenizer of the folder that the model came from or of the one named. A DataError says why it cannot.
   */
  save(folder: string, options: SavingOptions = {}): Promise<void> {
    // The folder of origin may be gone by now, and that is no reason to lose the weights.
    const origin = this.folder !== null && existsSync(this.folder) ? this.folder : null
    const base = this.folder === null ? null : resolve(this.folder)
    return this.ask('save', [folder, { tokenizer: origin, base, ...options }])
  }
  /** Continues from what `save` wrote with its optimizer. Throws DataError where the folder does not hold that. */
  restore(folder: string): Promise<void> {
    return this.ask('restore', [folder])
  }
  /** A copy of every parameter, by its Hugging Face name. */
  parameters(): Promise<Map<string, Float32Array>> {
    return this.ask('parameters', [])
  }
  /** A copy of the accumulated gradient, by parameter. */
  gradients(): Promise<Map<string, Float32Array>> {
    return this.ask('gradients', [])
  }
  /** Refuses what waits and what comes, and gives the memory back once the run of a graph that is under way has ended. */
  async close(): Promise<void> {
    this.fail(new EngineError('the engine is closed'))
    // Asked, not terminated: the library ends the whole program when its thread is taken away inside a run.
    this.worker.ref()
    this.worker.postMessage({ id: 0, verb: 'close', args: [] } satisfies Request)
    await this.ended
  }

  private async ask<T>(verb: VerbName, args: readonly unknown[], signal?: AbortSignal): Promise<T> {
    if (this.closed !== null) throw this.closed
    signal?.throwIfAborted()
    const id = ++this.count
    const cancel = (): void => this.worker.postMessage({ id, verb: 'cancel', args: [] })
    signal?.addEventListener('abort', cancel, { once: true })
    this.worker.ref()
    try {
      const answer = await new Promise<Answer>((resolve, reject) => {
        this.waiting.set(id, { resolve, reject })
        this.worker.postMessage({ id, verb, args } satisfies Request)
      })
      signal?.throwIfAborted() // it came after the last chance to stop
      return answer.value as T
    } finally {
      signal?.removeEventListener('abort', cancel)
      // A thread that is ending keeps the program alive until it has ended.
      if (this.waiting.size === 0 && this.closed === null) this.worker.unref()
    }
  }

  private receive(answer: Answer): void {
    const waiting = this.waiting.get(answer.id)
    this.waiting.delete(answer.id)
    this.version = answer.version ?? this.version
    if (answer.error === undefined) waiting?.resolve(answer)
    else waiting?.reject(thrown(answer.error))
  }

  private fail(error: Error): void {
    this.closed ??= error
    for (const { reject } of this.waiting.values()) reject(this.closed)
    this.waiting.clear()
  }
}

function firstAnswer(worker: Worker): Promise<Answer> {
  return new Promise((resolve, reject) => {
    onEnd(worker, how => reject(endedBy(how)))
    worker.once('message', resolve)
  })
}

function endedBy(how: string): EngineError {
  return new EngineError(`the engine failed: it ${how}`)
}

/** The error that the other thread threw. */
function thrown(failure: Failure): Error {
  return revived(failure, message => new EngineError(`the engine failed: ${message}`))
}
