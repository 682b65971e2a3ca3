// Stop strings in a stream of tokens. A string may begin and end inside tokens, cross several, and hold characters of
// many bytes, so it is looked for among bytes, with an automaton that never looks back (Aho and Corasick 1975).

import { EngineError } from '../errors.ts'
import type { TokenBytes } from '../tokenizer/tokenizer.ts'

/** Where a stream of tokens stands. */
export interface StopCursor {
  state: number
  found: string | null // the stop string that the newest token completed
}

/** Finds the first of some strings to be completed, in streams of tokens; of several at one byte, the longest. */
export class StopStrings {
  private readonly tokens: TokenBytes
  private readonly strings: readonly string[]
  private readonly next: Int32Array // the state after a byte: [states, 256]
  private readonly found: Int32Array // the string that ends in a state, or -1

  /** Throws EngineError for an empty string. */
  constructor(strings: readonly string[], tokens: TokenBytes) {
    const patterns = strings.map(text => new TextEncoder().encode(text))
    if (patterns.some(bytes => bytes.length === 0))
      throw new EngineError('sample: a stop string is empty, expected at least one character')
    const states = 1 + patterns.reduce((sum, bytes) => sum + bytes.length, 0)
    this.tokens = tokens
    this.strings = strings
    this.next = new Int32Array(states * 256)
    this.found = new Int32Array(states).fill(-1)
    this.plant(patterns)
    this.link()
  }

  /** Moves a cursor past a token; a token without bytes changes nothing and completes nothing. */
  advance(cursor: StopCursor, id: number): void {
    const { bytes, starts } = this.tokens
    const end = id + 1 < starts.length ? starts[id + 1]! : 0
    let { state } = cursor
    cursor.found = null
    for (let i = starts[id] ?? 0; i < end; i++) {
      state = this.next[state * 256 + bytes[i]!]!
      const string = this.found[state]!
      if (string >= 0) cursor.found ??= this.strings[string]!
    }
    cursor.state = state
  }

  /** The tree of all strings; 0 is its root, and what leads nowhere yet. */
  private plant(patterns: readonly Uint8Array[]): void {
    let states = 1
    patterns.forEach((bytes, string) => {
      let state = 0
      for (const byte of bytes) {
        const edge = state * 256 + byte
        if (this.next[edge] === 0) this.next[edge] = states++
        state = this.next[edge]!
      }
      if (this.found[state] === -1) this.found[state] = string
    })
  }

  /** Where a string breaks off, its longest end that begins a string goes on. */
  private link(): void {
    const { next, found } = this
    const shorter = new Int32Array(found.length)
    const order = [0]
    for (const state of order) {
      for (let byte = 0; byte < 256; byte++) {
        const to = next[state * 256 + byte]!
        const otherwise = state === 0 ? 0 : next[shorter[state]! * 256 + byte]!
        if (to === 0) {
          next[state * 256 + byte] = otherwise
        } else {
          shorter[to] = otherwise
          if (found[to] === -1) found[to] = found[otherwise]!
          order.push(to)
        }
      }
    }
  }
}
