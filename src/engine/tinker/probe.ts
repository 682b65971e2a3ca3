// What has to be known of a server before anything is learned there: how it puts a gradient together, and whether it knows a
// request again. A throwaway model is asked; documentation is not believed.

import { EngineError } from '../../errors.ts'
import type { ModelInfo } from '../engine.ts'
import { LostError } from './ask.ts'
import type { Carrier, LearnedSequence, OptimizerSettings } from './dialect.ts'
import type { Model, Operations } from './operations.ts'
import type { Profile } from './profile.ts'
import type { Origin } from './training.ts'

const mostAttempts = 3
const tolerance = 0.1 // relative; of gradients that differ by a factor of 2 or 4
const seen = 0.02 // nats that a step has to move a token where a server says no norms
const firstRate = 1e-3
const lastRate = 1e4

/** Throws EngineError where the gradient is no sum over sequences and tokens, and no mean of means. */
export async function probe(
  operations: Operations,
  origin: Origin,
  { vocabSize }: Pick<ModelInfo, 'vocabSize'>,
  carrier: Carrier,
  signal?: AbortSignal,
): Promise<Pick<Profile, 'reduction' | 'idempotent'>> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt(operations, origin, vocabSize, carrier, signal)
    } catch (error) {
      if (!(error instanceof LostError) || tried >= mostAttempts) throw error
    }
  }
}

async function attempt(
  operations: Operations,
  origin: Origin,
  vocabSize: number,
  carrier: Carrier,
  signal: AbortSignal | undefined,
): Promise<Pick<Profile, 'reduction' | 'idempotent'>> {
  const session = await operations.createSession(signal)
  await operations.heartbeat(session).catch(() => undefined) // a session that never had one stays for ever
  const model = await operations.createModel({ ...origin, session, number: 0, from: null }, signal)
  try {
    const idempotent = await operations.knowsAgain(model, { ids: idsOf(vocabSize, 2) }, signal)
    const reduction = await reductionOf(new Pulls(operations, model, carrier, signal), vocabSize)
    if (reduction === null)
      throw new EngineError(
        `${operations.line.shown}: its gradient is neither a sum over tokens nor a mean over sequences of means; such a server cannot be learned with`,
      )
    return { idempotent, reduction }
  } finally {
    await operations.unload(model).catch(() => undefined)
  }
}

/** By one sequence and twice the same; by one token that is learned, and the same with others behind it that are not. */
async function reductionOf(pulls: Pulls, vocabSize: number): Promise<Profile['reduction'] | null> {
  const short = learned(idsOf(vocabSize, 2))
  const long = learned(idsOf(vocabSize, 5))
  const once = await pulls.of([short])
  const twice = (await pulls.of([short, short])) / once
  const behind = (await pulls.of([long])) / once
  const near = (x: number, to: number): boolean => Math.abs(x / to - 1) < tolerance
  if (near(twice, 2) && near(behind, 1)) return 'sum'
  return near(twice, 1) && near(behind, 1 / 4) ? 'mean' : null
}

/** How hard batches pull at their first token, in some unit: the norm of the gradient, or how far a small step moves it. */
class Pulls {
  private readonly operations: Operations
  private readonly model: Model
  private readonly carrier: Carrier
  private readonly signal: AbortSignal | undefined
  private rate: number | null = null // of a step that is seen; null before one was

  constructor(
    operations: Operations,
    model: Model,
    carrier: Carrier,
    signal: AbortSignal | undefined,
  ) {
    this.operations = operations
    this.model = model
    this.carrier = carrier
    this.signal = signal
  }

  async of(batch: readonly LearnedSequence[]): Promise<number> {
    if (this.rate !== null) return this.#moved(batch, this.rate)
    const norm = await this.#step(batch, 0)
    if (norm !== null) return norm
    for (let rate = firstRate; rate <= lastRate; rate *= 4) {
      const moved = await this.#moved(batch, rate)
      this.rate = rate
      if (moved >= seen) return moved
    }
    throw new EngineError(
      `${this.operations.line.shown}: steps do not move the model, so how it learns cannot be found out`,
    )
  }

  async #moved(batch: readonly LearnedSequence[], rate: number): Promise<number> {
    const logprob = async (): Promise<number> =>
      (await this.operations.score(this.model, batch.slice(0, 1), this.signal))[0]![0]!
    const before = await logprob()
    await this.#step(batch, rate)
    const after = await logprob()
    await this.#step(batch.map(negated), rate) // back, so that every batch pulls at the same place
    return after - before
  }

  async #step(batch: readonly LearnedSequence[], rate: number): Promise<number | null> {
    const { operations, model, carrier, signal } = this
    await operations.forwardBackward(model, batch, carrier, signal)
    return operations.optimizerStep(model, descent(rate), signal)
  }
}

/** Plain gradient descent by AdamW's settings: its denominator is one large constant. */
function descent(rate: number): OptimizerSettings {
  const epsilon = 1e6
  const none = { beta1: 0, beta2: 0, weightDecay: 0, clipNorm: null }
  return { ...none, learningRate: rate * epsilon, epsilon }
}

function idsOf(vocabSize: number, length: number): Int32Array {
  return Int32Array.from({ length }, (_, t) => (3 + 2 * t) % vocabSize)
}

/** A sequence of which the first token that is predicted is learned, and no other. */
function learned(ids: Int32Array): LearnedSequence {
  const weights = new Float32Array(ids.length - 1)
  weights[0] = 1
  return { ids, weights, logprobs: new Float32Array(ids.length - 1) }
}

function negated({ weights, ...rest }: LearnedSequence): LearnedSequence {
  return { ...rest, weights: weights.map(weight => -weight) }
}
