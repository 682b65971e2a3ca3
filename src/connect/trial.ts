// A throwaway model on a server, which small questions are put to.

import type { Asking } from '../engine/tinker/ask.ts'
import type {
  Call,
  Carrier,
  Drawn,
  LearnedSequence,
  OptimizerSettings,
  Prompted,
} from '../engine/tinker/dialect.ts'
import type { Model, Operations } from '../engine/tinker/operations.ts'

/** Plain gradient descent by AdamW's settings: its denominator is one large constant. */
export const flatEpsilon = 1e6

/** AdamW's settings that make a step of plain gradient descent, of this rate. */
export function descent(rate: number, clipNorm: number | null = null): OptimizerSettings {
  const learningRate = rate * flatEpsilon
  return { learningRate, beta1: 0, beta2: 0, epsilon: flatEpsilon, weightDecay: 0, clipNorm }
}

/** What is asked of a sampler, beside its defaults. */
export type Sampling = Partial<
  Pick<Prompted, 'n' | 'seed' | 'maxTokens' | 'temperature' | 'stopIds' | 'promptLogprobs'>
>

export interface TrialSettings {
  readonly session: string
  readonly baseModel: string
  readonly rank: number
  readonly signal: AbortSignal | undefined
}

export class Trial {
  readonly operations: Operations
  readonly settings: TrialSettings
  /** Milliseconds that each kind of question took, in order; the first of a kind may have been prepared for. */
  readonly took = new Map<string, number[]>()
  private models = 0
  private publications = 0
  private requests = 0

  constructor(operations: Operations, settings: TrialSettings) {
    this.operations = operations
    this.settings = settings
  }

  /** A fresh model, or one that goes on from a saved state. */
  create(from: string | null = null, baseModel = this.settings.baseModel): Promise<Model> {
    const { session, rank, signal } = this.settings
    const wanted = { session, number: this.models++, baseModel, rank, seed: 1, from }
    return this.#timed(from === null ? 'create' : 'load', () =>
      this.operations.createModel(wanted, signal),
    )
  }

  /** Log-probabilities of ids[1..] of each sequence. */
  score(model: Model, ...sequences: Int32Array[]): Promise<readonly Float32Array[]> {
    const asked = sequences.map(ids => ({ ids }))
    return this.#timed('score', () => this.operations.score(model, asked, this.settings.signal))
  }

  /** Adds to the gradient, in one request. */
  learn(model: Model, sequences: readonly LearnedSequence[], carrier: Carrier): Promise<void> {
    const { signal } = this.settings
    return this.#timed('learn', () =>
      this.operations.forwardBackward(model, sequences, carrier, signal),
    )
  }

  /** Takes a step; the norm of the gradient, null where the server does not say it. */
  step(model: Model, settings: OptimizerSettings): Promise<number | null> {
    const { signal } = this.settings
    return this.#timed('step', () => this.operations.optimizerStep(model, settings, signal))
  }

  /** The norm of the gradient of these requests, which is then forgotten: the step has rate 0. */
  async norm(
    model: Model,
    requests: readonly (readonly LearnedSequence[])[],
    carrier: Carrier,
  ): Promise<number | null> {
    for (const sequences of requests) await this.learn(model, sequences, carrier)
    return this.step(model, descent(0))
  }

  publish(model: Model): Promise<string> {
    const { signal } = this.settings
    return this.#timed('publish', () => this.operations.publish(model, this.publications++, signal))
  }

  /** The frozen base model, ready to be asked. */
  base(): Promise<string> {
    const { session, baseModel, signal } = this.settings
    return this.operations.baseSampler(session, this.publications++, baseModel, signal)
  }

  sample(sampler: string, ids: Int32Array, sampling: Sampling = {}): Promise<Drawn> {
    const usual = {
      n: 1,
      seed: 1,
      maxTokens: 8,
      temperature: 1,
      stopIds: [],
      promptLogprobs: false,
    }
    const { signal } = this.settings
    const number = this.requests++
    const asked = { ...usual, topK: null, topP: 1, ...sampling, sampler, number, ids }
    return this.#timed('sample', () => this.operations.sample(asked, signal))
  }

  save(model: Model, name: string): Promise<string> {
    return this.#timed('save', () => this.operations.saveState(model, name, this.settings.signal))
  }

  unload(model: Model): Promise<void> {
    return this.operations.unload(model)
  }

  /** Something that the operations have no question for. */
  ask<T>(call: Call<T>, repeating: Asking['repeating']): Promise<T> {
    return this.operations.line.ask(call, { repeating, signal: this.settings.signal })
  }

  async #timed<T>(what: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    const value = await work()
    this.took.set(what, [...(this.took.get(what) ?? []), performance.now() - began])
    return value
  }
}
