// A lane's hand on what is kept between calls of `sample`: reads what any lane has kept, and writes to its own memory.

import type { ModelConfig } from '../hf/config.ts'
import { copyTokens, type PromptCache } from './cache.ts'

/** Keys and values of some tokens in a row, in one lane's memory. */
export interface Piece {
  readonly at: number // numbers that the lane wrote before, since the weights are what they are
  readonly tokens: number
}

/** A piece, and those of the tokens before it. */
export interface Place extends Piece {
  readonly lane: number
  readonly before: Place | null
}

/** What a lane has of the memory that is kept. */
export interface Keeping {
  readonly memories: readonly Float32Array[] // of each lane, of one size
  readonly lane: number // its own
  readonly head: number // numbers that it has written
  readonly floor: number // what was written from there on is still to be read
}

/** What a lane has kept of a call: null where there was no room, or nothing can follow. */
export interface Written {
  readonly head: number
  readonly prompts: readonly (Piece | null)[] // of each span, where its prompt was read
  readonly rows: readonly (readonly (Piece | null)[])[] // of each completion, what follows its prompt
}

export class Keeper {
  private readonly config: ModelConfig
  private readonly keeping: Keeping
  private readonly prompts: (Piece | null)[]
  private readonly rows: (Piece | null)[][]
  private head: number

  /** For a call of so many spans. */
  constructor(keeping: Keeping, config: ModelConfig, spans: number) {
    this.keeping = keeping
    this.config = config
    this.head = keeping.head
    this.prompts = Array.from({ length: spans }, () => null)
    this.rows = Array.from({ length: spans }, () => [])
  }

  get written(): Written {
    const { head, prompts, rows } = this
    return { head, prompts, rows }
  }

  /** What lies at a place, the first tokens first. */
  at(place: Place): PromptCache[] {
    const parts: PromptCache[] = []
    for (let one: Place | null = place; one !== null; one = one.before)
      parts.push(this.view(one, this.keeping.memories[one.lane]!))
    return parts.reverse()
  }

  /** Keeps the prompt of a span, once. */
  keepPrompt(span: number, prompt: PromptCache): void {
    this.prompts[span] ??= this.write(prompt, 0)
  }

  /** Keeps what a completion of a span has read, from token `from` on: those before are its prompt's. */
  keepRow(span: number, index: number, row: PromptCache, from: number): void {
    this.rows[span]![index] = this.write(row, from)
  }

  private write(source: PromptCache, from: number): Piece | null {
    const { layers, kvHeads, headDim } = this.config
    const { memories, lane, floor } = this.keeping
    const memory = memories[lane]!
    const tokens = source.tokens - from
    const size = 2 * layers * kvHeads * headDim * tokens
    if (memory.length < Math.max(1, size)) return null
    const left = memory.length - (this.head % memory.length)
    const at = left < size ? this.head + left : this.head // a piece does not go around the end
    if (at + size > floor + memory.length) return null
    this.head = at + size
    copyTokens(this.config, source, from, this.view({ at, tokens }, memory), 0)
    return { at, tokens }
  }

  private view({ at, tokens }: Piece, memory: Float32Array): PromptCache {
    const { layers, kvHeads, headDim } = this.config
    const size = kvHeads * headDim * tokens
    const from = at % memory.length
    const part = (i: number): Float32Array =>
      memory.subarray(from + i * size, from + (i + 1) * size)
    const keys = Array.from({ length: layers }, (_, l) => part(2 * l))
    const values = Array.from({ length: layers }, (_, l) => part(2 * l + 1))
    return { keys, values, row: 0, length: tokens, tokens }
  }
}
