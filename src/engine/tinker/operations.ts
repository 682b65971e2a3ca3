// What a server of models that learn can be asked, over any dialect, in batches that it takes. Answers that do not fit what
// was asked are refused here, so that nothing behind has to doubt their shapes.

import { EngineError } from '../../errors.ts'
import { type Asking, type Line, LostError, RefusedError } from './ask.ts'
import type {
  Call,
  Carrier,
  Dialect,
  Drawn,
  LearnedSequence,
  Offered,
  OptimizerSettings,
  Prompted,
  ReadSequence,
  Wanted,
} from './dialect.ts'

/** A model on the server, and the numbers of its requests. */
export interface Model {
  readonly name: string
  next(): number
}

/** A model whose requests are numbered from 1. */
export function numberedModel(name: string): Model {
  let last = 0
  return { name, next: () => ++last }
}

/** The server has no such state, or lost the model that was to have it. */
export class StateLostError extends LostError {}

export interface Batching {
  readonly sequences: number // of one request
  readonly tokens: number
}

const usualBatching: Batching = { sequences: 1024, tokens: 65_536 }

export class Operations {
  readonly dialect: Dialect
  readonly line: Line
  private readonly idempotent: boolean
  private readonly batching: Batching
  private tellsNorm = false
  readonly spent = { read: 0, sampled: 0, learned: 0 } // tokens

  /** `idempotent`: whether passes and steps may be sent again under their number. */
  constructor(line: Line, dialect: Dialect, idempotent: boolean, batching = usualBatching) {
    this.line = line
    this.dialect = dialect
    this.idempotent = idempotent
    this.batching = batching
  }

  capabilities(signal?: AbortSignal): Promise<readonly Offered[]> {
    return this.#ask(this.dialect.capabilities(), 'harmless', signal)
  }

  async createSession(signal?: AbortSignal): Promise<string> {
    if (this.dialect.createSession === null) return ''
    return this.#ask(this.dialect.createSession(), 'harmless', signal)
  }

  async heartbeat(session: string): Promise<void> {
    if (this.dialect.heartbeat === null) return
    await this.line.ask(this.dialect.heartbeat(session), { repeating: 'harmless', attempts: 1 })
  }

  async createModel(wanted: Wanted, signal?: AbortSignal): Promise<Model> {
    const { createsFromState } = this.dialect
    const call = this.dialect.createModel({
      ...wanted,
      from: createsFromState ? wanted.from : null,
    })
    const model = numberedModel(await this.#ask(call, 'never', signal))
    if (wanted.from !== null && !createsFromState) {
      const load = this.dialect.load({ model: model.name, number: model.next() }, wanted.from)
      try {
        await this.#ask(load, 'harmless', signal) // twice the same state is that state
      } catch (error) {
        await this.unload(model).catch(() => undefined) // half a model is none
        if (error instanceof LostError && error.forgotten) throw new StateLostError(error.message)
        throw error
      }
    }
    return model
  }

  /** Log-probabilities of ids[1..] of every sequence, which has at least two. */
  async score(
    model: Model,
    sequences: readonly ReadSequence[],
    signal?: AbortSignal,
  ): Promise<readonly Float32Array[]> {
    const out: Float32Array[] = []
    for (const batch of batches(sequences, this.batching)) {
      const found = await this.#fitting(
        () => {
          this.spent.read += tokensOf(batch)
          return this.dialect.forward({ model: model.name, number: model.next() }, batch)
        },
        scores => unlike(scores, batch),
        signal,
      )
      out.push(...found)
    }
    return out
  }

  /** Whether a pass that is sent twice under one number is the same to the server. */
  async knowsAgain(model: Model, sequence: ReadSequence, signal?: AbortSignal): Promise<boolean> {
    const call = this.dialect.forward({ model: model.name, number: model.next() }, [sequence])
    const first = await this.line.submit(call, signal)
    const second = await this.line.submit(call, signal)
    return first !== null && first === second
  }

  /** Adds the gradient of every sequence; one request after the other, so that sums are made in one order. */
  async forwardBackward(
    model: Model,
    sequences: readonly LearnedSequence[],
    carrier: Carrier,
    signal?: AbortSignal,
  ): Promise<void> {
    for (const batch of batches(sequences, this.batching)) {
      const of = { model: model.name, number: model.next() }
      const call = this.dialect.forwardBackward(of, batch, carrier)
      this.spent.learned += tokensOf(batch)
      const found = await this.#ask(call, this.#learning, signal)
      const wrong = found === null ? null : unlike(found, batch)
      if (wrong !== null) throw this.#unfit(call, wrong) // what it added to the gradient is not known
    }
  }

  /** Takes a step; the norm of its gradient, null where the server never says it, NaN where it is none. */
  async optimizerStep(
    model: Model,
    settings: OptimizerSettings,
    signal?: AbortSignal,
  ): Promise<number | null> {
    const of = { model: model.name, number: model.next() }
    const call = this.dialect.optimizerStep(of, settings)
    for (let tried = 1; ; tried++) {
      const norm = await this.#ask(call, this.#learning, signal)
      this.tellsNorm ||= norm !== null
      if (norm !== null || !this.tellsNorm) return norm
      // asked again under its number, it says what it did; otherwise that is not known
      if (!this.idempotent || tried >= mostUnfit) throw this.#unfit(call, 'no norm of the gradient')
    }
  }

  publish(model: Model, publication: number, signal?: AbortSignal): Promise<string> {
    const call = this.dialect.publish({ model: model.name, number: model.next() }, publication)
    return this.#ask(call, 'harmless', signal)
  }

  /** The base model, ready to sample from. Throws EngineError where the dialect has no words for it. */
  async baseSampler(
    session: string,
    publication: number,
    baseModel: string,
    signal?: AbortSignal,
  ): Promise<string> {
    const call = this.dialect.baseSampler?.(session, publication, baseModel)
    if (call === undefined)
      throw new EngineError(`${this.line.shown}: ${this.dialect.name} cannot ask the base model`)
    return this.#ask(call, 'harmless', signal)
  }

  sample(prompted: Prompted, signal?: AbortSignal): Promise<Drawn> {
    return this.#fitting(
      () => {
        this.spent.read += prompted.ids.length
        return this.dialect.sample(prompted)
      },
      drawn => {
        for (const { ids } of drawn.completions) this.spent.sampled += ids.length
        return wrongWith(drawn, prompted)
      },
      signal,
    )
  }

  /** Where the state lies that is kept under this name. */
  async saveState(model: Model, name: string, signal?: AbortSignal): Promise<string> {
    const call = this.dialect.saveState({ model: model.name, number: model.next() }, name)
    return this.#ask(call, 'harmless', signal)
  }

  async saveAdapter(model: Model, name: string, signal?: AbortSignal): Promise<string | null> {
    if (this.dialect.saveAdapter === null) return null
    const call = this.dialect.saveAdapter({ model: model.name, number: model.next() }, name)
    return this.#ask(call, 'harmless', signal)
  }

  /** The archive of a saved adapter; null where the dialect, or this server, has none. */
  async fetchAdapter(
    model: string,
    path: string,
    signal?: AbortSignal,
  ): Promise<Uint8Array | null> {
    const call = this.dialect.archive?.(model, path)
    if (call === undefined) return null
    try {
      return await this.line.fetch(await this.#ask(call, 'harmless', signal), signal)
    } catch (error) {
      if (error instanceof LostError || error instanceof RefusedError) return null
      throw error
    }
  }

  /** Frees what the model takes; tried once. */
  async unload(model: Model): Promise<void> {
    await this.line.ask(this.dialect.unload(model.name), { repeating: 'harmless', attempts: 1 })
  }

  /** Has the server forget what it saved; tried once. */
  async forget({ name }: Pick<Model, 'name'>, path: string): Promise<void> {
    const call = this.dialect.forget?.(name, path)
    if (call !== undefined) await this.line.ask(call, { repeating: 'harmless', attempts: 1 })
  }

  get #learning(): Asking['repeating'] {
    return this.idempotent ? 'repeatable' : 'never'
  }

  #ask<T>(call: Call<T>, repeating: Asking['repeating'], signal?: AbortSignal): Promise<T> {
    return this.line.ask(call, { repeating, signal })
  }

  /** An answer that fits what was asked; what does not is asked for again, a few times. */
  async #fitting<T>(
    call: () => Call<T>,
    wrongWith: (found: T) => string | null,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    for (let tried = 1; ; tried++) {
      const asked = call()
      const found = await this.#ask(asked, 'harmless', signal)
      const wrong = wrongWith(found)
      if (wrong === null) return found
      if (tried >= mostUnfit) throw this.#unfit(asked, wrong)
    }
  }

  #unfit({ what }: Call<unknown>, wrong: string): LostError {
    return new LostError(`${this.line.shown}: ${what}: it gives ${wrong}`)
  }
}

const mostUnfit = 3

function tokensOf(sequences: readonly ReadSequence[]): number {
  return sequences.reduce((sum, { ids }) => sum + ids.length, 0)
}

const positiveDust = 1e-3 // what rounding may leave above 0

/** What of log-probabilities does not fit their sequences; null where all does. */
function unlike(found: readonly Float32Array[], sequences: readonly ReadSequence[]): string | null {
  if (found.length !== sequences.length)
    return `answers of ${found.length} sequences, asked of ${sequences.length}`
  const at = sequences.findIndex(({ ids }, i) => found[i]!.length !== ids.length - 1)
  if (at >= 0)
    return `${found[at]!.length} log-probabilities of ${sequences[at]!.ids.length} tokens`
  return found.every(areLogprobs) ? null : noLogprob
}

const noLogprob = 'a log-probability that is no number, or above 0'

function areLogprobs(values: Float32Array): boolean {
  return values.every(x => x <= positiveDust && x > Number.NEGATIVE_INFINITY)
}

/** What of an answer does not fit what was asked; null where all does. */
function wrongWith({ completions, promptLogprobs }: Drawn, asked: Prompted): string | null {
  if (completions.length !== asked.n)
    return `${completions.length} completions, asked for ${asked.n}`
  if (asked.promptLogprobs && promptLogprobs?.length !== asked.ids.length - 1)
    return `${promptLogprobs?.length ?? 'no'} log-probabilities of a prompt of ${asked.ids.length}`
  if (asked.promptLogprobs && !areLogprobs(promptLogprobs!)) return noLogprob
  for (const { ids, logprobs, stop } of completions) {
    if (ids.length === 0 || ids.length > asked.maxTokens)
      return `a completion of ${ids.length} tokens, asked for at most ${asked.maxTokens}`
    if (logprobs.length !== ids.length)
      return `${logprobs.length} log-probabilities of ${ids.length} tokens`
    if (!areLogprobs(logprobs)) return noLogprob
    if (stop === 'length' && ids.length < asked.maxTokens)
      return `a completion of ${ids.length} tokens that ends by length, at most ${asked.maxTokens}`
  }
  return null
}

/** The sequences in order, in batches that a server takes; a batch has at least one. */
function* batches<T extends ReadSequence>(sequences: readonly T[], most: Batching): Generator<T[]> {
  let batch: T[] = []
  let tokens = 0
  for (const sequence of sequences) {
    const { length } = sequence.ids
    if (batch.length > 0 && (batch.length >= most.sequences || tokens + length > most.tokens)) {
      yield batch
      batch = []
      tokens = 0
    }
    batch.push(sequence)
    tokens += length
  }
  if (batch.length > 0) yield batch
}
