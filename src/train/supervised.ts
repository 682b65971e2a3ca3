import type { Engine, TokenScores, WeightedSequence } from '../engine/engine.ts'
import { stepOptions } from '../engine/step-options.ts'
import { concat } from '../numbers/numeric.ts'
import { rateOf } from '../update/learning-rate.ts'

/** A text to learn: what is given, and what follows it, with the end token where the text ends. */
export interface Example {
  readonly promptIds: Int32Array
  readonly ids: Int32Array
  readonly given?: Uint8Array // 1 where somebody else wrote a token of ids, which is not learned; default nowhere
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
  next: () => Example | Promise<Example>,
  schedule: Schedule,
): Promise<number> {
  const { updates, batch, weightDecay = 0.01, from = 0 } = schedule
  const examples = async (): Promise<Example[]> => {
    const drawn: Example[] = []
    while (drawn.length < batch) drawn.push(await next())
    return drawn
  }
  for (let done = 0; done < from; done++) await examples() // those that come are those of an uninterrupted learning
  const draw = async (): Promise<WeightedSequence[]> => weighted(await examples())
  let [loss, coming] = [Number.NaN, from < updates ? await draw() : []]
  for (let update = from; update < updates; update++) {
    schedule.signal?.throwIfAborted()
    const sequences = coming
    const learned = engine.accumulate(sequences)
    const drawing = update + 1 < updates ? draw() : [] // while the engine is at work
    const [scores, drawn] = await Promise.all([learned, drawing])
    coming = drawn
    loss = lossOf(sequences, scores)
    await engine.step(stepOptions(engine, { learningRate: rateOf(update, schedule), weightDecay }))
    if ((await schedule.onUpdate?.(update + 1, loss)) === 'enough') break
  }
  return loss
}

/** Equal weights on all tokens of a batch that are to be learned; they add up to 1. */
function weighted(examples: readonly Example[]): WeightedSequence[] {
  const total = examples.reduce((sum, example) => sum + learnedTokens(example), 0)
  return examples.map(({ promptIds, ids, given }) => {
    const all = concat(promptIds, ids)
    const first = Math.max(0, promptIds.length - 1)
    const weights = new Float32Array(all.length - 1).fill(1 / total, first)
    given?.forEach((known, t) => {
      if (known === 1) weights[promptIds.length + t - 1] = 0
    })
    return { ids: all, weights }
  })
}

function learnedTokens({ ids, given }: Example): number {
  return ids.length - (given?.reduce((sum, known) => sum + known, 0) ?? 0)
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
