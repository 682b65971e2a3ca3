import { concat } from '../numeric.ts'
import type { Engine, TokenScores, WeightedSequence } from '../types.ts'
import { rateOf } from '../update/learning-rate.ts'

/** A text to learn: what is given, and what follows it, with the end token where the text ends. */
export interface Example {
  readonly promptIds: Int32Array
  readonly ids: Int32Array
}

/** How long and how fast a supervised stage learns. */
export interface Schedule {
  readonly updates: number
  readonly batch: number // examples of one update
  readonly learningRate: number // at its peak
  readonly weightDecay?: number
  readonly signal?: AbortSignal
  /** Told after each update: how many are done, and the loss in nats a token. */
  readonly onUpdate?: (done: number, loss: number) => void
}

/** Learns examples by cross-entropy over the tokens that follow the prompt; returns the last loss. */
export async function learnTexts(
  engine: Engine,
  next: () => Example,
  schedule: Schedule,
): Promise<number> {
  const { updates, batch, weightDecay = 0.01 } = schedule
  const draw = (): WeightedSequence[] => weighted(Array.from({ length: batch }, next))
  let [loss, coming] = [Number.NaN, updates > 0 ? draw() : []]
  for (let update = 0; update < updates; update++) {
    schedule.signal?.throwIfAborted()
    const sequences = coming
    const learned = engine.accumulate(sequences)
    if (update + 1 < updates) coming = draw() // while the engine is at work
    loss = lossOf(sequences, await learned)
    await engine.step({ learningRate: rateOf(update, schedule), weightDecay })
    schedule.onUpdate?.(update + 1, loss)
  }
  return loss
}

/** Equal weights on all tokens of a batch that follow a prompt; they add up to 1. */
function weighted(examples: readonly Example[]): WeightedSequence[] {
  const total = examples.reduce((sum, { ids }) => sum + ids.length, 0)
  return examples.map(({ promptIds, ids }) => {
    const all = concat(promptIds, ids)
    const first = Math.max(0, promptIds.length - 1)
    return { ids: all, weights: new Float32Array(all.length - 1).fill(1 / total, first) }
  })
}

function lossOf(sequences: readonly WeightedSequence[], scores: readonly TokenScores[]): number {
  let loss = 0
  sequences.forEach(({ weights }, i) => {
    scores[i]!.logprobs.forEach((logprob, t) => {
      if (weights[t] !== 0) loss -= weights[t]! * logprob
    })
  })
  return loss
}
