// Prompts on their way to completions: each is read once, a batch of them when the first is needed, and forgotten when
// its last completion has begun.

import type { SampleRequest } from '../engine.ts'
import { bucketByLength } from './batches.ts'
import type { PromptCache } from './cache.ts'
import type { Keeper, Place } from './keeper.ts'
import type { Model } from './model.ts'
import type { Checkpoint } from './reading.ts'

/**
 * The library splits a product of fewer rows than this another way, for one thread, between threads; so every product
 * has as many, and a prompt reads the same, to the last bit, whatever it is read with.
 */
export const steadyRows = 64

/** Some of the completions of a request: n of them, from that index on. */
export interface CompletionSpan extends SampleRequest {
  readonly first?: number // default 0
  readonly kept?: Place | null // what was read of the prompt before, all but its last tokens; default null
}

/** A prompt that was read, in parts, and the logits [V] of the token after it; null where tokens are left to read. */
export interface ReadPrompt {
  readonly parts: readonly PromptCache[]
  readonly logits: Float32Array | null
}

/** A completion that may begin: which one of which span, after which prompt. */
export interface Beginning {
  readonly request: number
  readonly index: number
  readonly prompt: ReadPrompt
}

/** The completions that have not begun, in the order of their requests. */
export class Waiting {
  private readonly model: Model
  private readonly requests: readonly CompletionSpan[]
  private readonly checkpoint: Checkpoint
  private readonly read = new Map<number, ReadPrompt>()
  private readonly keeper: Keeper | null
  private request = 0
  private index = 0

  constructor(
    model: Model,
    requests: readonly CompletionSpan[],
    checkpoint: Checkpoint,
    keeper: Keeper | null,
  ) {
    this.model = model
    this.requests = requests
    this.checkpoint = checkpoint
    this.keeper = keeper
  }

  /** The request of the next completion; null when all have begun. */
  get next(): CompletionSpan | null {
    return this.requests[this.request] ?? null
  }

  /** Takes the next completion from the queue; reads its prompt, and those after it, where that has not been done. */
  async begin(): Promise<Beginning> {
    const { request, index } = this
    const place = this.placeOf(request)
    if (place !== null && !this.read.has(request))
      this.read.set(request, { parts: this.keeper!.at(place), logits: null })
    if (!this.read.has(request)) await this.readAhead()
    const prompt = this.read.get(request)!
    this.index++
    if (this.index === this.requests[request]!.n) {
      this.read.delete(request)
      this.request++
      this.index = 0
    }
    return { request, index, prompt }
  }

  private placeOf(request: number): Place | null {
    return this.keeper === null ? null : (this.requests[request]!.kept ?? null)
  }

  /** Reads as many prompts as the budget of tokens has room for, the next one in any case. */
  private async readAhead(): Promise<void> {
    const { logits, rows, config } = this.model
    const most = Math.max(1, Math.min(rows, Math.floor(logits / config.vocabSize)))
    const unread = this.requests.flatMap((_, i) =>
      i >= this.request && this.placeOf(i) === null ? [i] : [],
    )
    const lengths: number[] = []
    let tokens = 0
    let longest = 0
    for (const i of unread.slice(0, most)) {
      const { length } = this.requests[i]!.ids
      tokens += length
      longest = Math.max(longest, length)
      if (lengths.length > 0 && tokens > this.model.budget(longest)) break
      lengths.push(length)
    }
    for (const { members, length } of bucketByLength(lengths, long => this.model.budget(long))) {
      this.checkpoint()
      const requests = members.map(member => unread[member]!)
      await this.readTogether(requests, Math.min(length, config.maxPositions))
    }
  }

  private async readTogether(requests: readonly number[], length: number): Promise<void> {
    const { model, read } = this
    const { layers, vocabSize } = model.config
    const steady = steadyRows * model.threads
    const rows = Math.max(requests.length, Math.ceil(steady / length))
    const ids = new BigInt64Array(rows * length)
    const last = requests.map((request, row) => {
      const prompt = this.requests[request]!.ids
      prompt.forEach((id, t) => {
        ids[row * length + t] = BigInt(id)
      })
      return BigInt(row * length + prompt.length - 1)
    })
    const least = vocabSize <= steady ? steady : 2
    while (last.length < least) last.push(last[0]!)
    const results = await model.run(
      { kind: 'prompt' },
      {
        ...model.layouts.rectangle(ids, rows, length),
        rows: { data: BigInt64Array.from(last), shape: [last.length] },
      },
    )
    const keys = Array.from({ length: layers }, (_, l) => results[`k${l}`]!)
    const values = Array.from({ length: layers }, (_, l) => results[`v${l}`]!)
    requests.forEach((request, row) => {
      const tokens = this.requests[request]!.ids.length
      const logits = results.logits!.subarray(row * vocabSize, (row + 1) * vocabSize)
      const cache = { keys, values, row, length, tokens }
      this.keeper?.keepPrompt(request, cache)
      read.set(request, { parts: [cache], logits })
    })
  }
}
