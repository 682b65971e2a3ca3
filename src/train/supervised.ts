import type { Engine, TokenScores, WeightedSequence } from '../engine/engine.ts'
import { stepOptions } from '../engine/step-options.ts'
import { concat } from '../numbers/numeric.ts'
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
  readonly from?: number // updates that a restored engine has seen; default 0
  readonly signal?: AbortSignal
  /** Told after each update, which waits for it: how many are done, and the loss in nats a token. The answer 'enough' ends it. */
  readonly onUpdate?: (done: number, loss: number) => unknown
}

/** Learns examples by cross-entropy over the tokens that follow the prompt; returns the last loss. */
export async function learnTexts(
  engine: Engine,
  next: () => Example,
  schedule: Schedule,
): Promise<number> {
  const { updates, batch, weightDecay = 0.01, from = 0 } = schedule
  const examples = (): Example[] => Array.from({ length: batch }, next)
  for (let done = 0; done < from; done++) examples() // those that come are those of an uninterrupted learning
  const draw = (): WeightedSequence[] => weighted(examples())
  let [loss, coming] = [Number.NaN, from < updates ? draw() : []]
  for (let update = from; update < updates; update++) {
    schedule.signal?.throwIfAborted()
    const sequences = coming
    const learned = engine.accumulate(sequences)
    if (update + 1 < updates) coming = draw() // while the engine is at work
    loss = lossOf(sequences, await learned)
    await engine.step(stepOptions(engine, { learningRate: rateOf(update, schedule), weightDecay }))
    if ((await schedule.onUpdate?.(update + 1, loss)) === 'enough') break
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
