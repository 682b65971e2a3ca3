import type { Answer } from '../answers/answer.ts'
import { limits, TooLarge, Unparsable } from '../limits.ts'
import { lex, type Token } from './lex.ts'

/** What a reader of answers lets pass. */
export interface Reading {
  /** Functions and constants in plain text, `sqrt(2)`, `pi`. */
  readonly plainText: boolean
  /** Words of prose after a number, `5 apples`, and broken commands, `\sqrt(2)`. */
  readonly looseText: boolean
  /** A letter right after a number may be its unit: `10m`. */
  readonly gluedUnits: boolean
}

/** The rules of the grammar that others come back to: they are asked of the cursor, since no file imports one that imports it. */
export interface Rules {
  readonly list: (p: Cursor) => Answer
  readonly factor: (p: Cursor) => Answer
  readonly atom: (p: Cursor) => Answer
}

/** A place in the tokens of an answer, and how they are read on from there. */
export class Cursor {
  readonly reading: Reading
  private readonly rules: Rules
  private readonly tokens: Token[]
  private at = 0
  private depth = 0
  private nodes = 0
  /** How many bars are open, so that the next one closes. */
  bars = 0

  constructor(text: string, reading: Reading, rules: Rules) {
    this.tokens = lex(text)
    this.reading = reading
    this.rules = rules
  }

  /** Elements with separators between them. */
  list(): Answer {
    return this.rules.list(this)
  }

  /** An atom and what is written behind it. */
  factor(): Answer {
    return this.rules.factor(this)
  }

  atom(): Answer {
    return this.rules.atom(this)
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.at + ahead]
  }

  next(): Token {
    const token = this.tokens[this.at++]
    if (!token) throw new Unparsable('the end')
    if (++this.nodes > limits.nodes) throw new TooLarge('nodes')
    return token
  }

  /** Whether the next token is this sign or command. */
  is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token !== undefined && token.text === text && token.kind === 'sign'
  }

  isCommand(name: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token !== undefined && token.text === name && token.kind === 'command'
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false
    this.at++
    return true
  }

  acceptCommand(name: string): boolean {
    if (!this.isCommand(name)) return false
    this.at++
    return true
  }

  expect(text: string): void {
    if (!this.accept(text)) throw new Unparsable(`no ${text}`)
  }

  /** Puts tokens in the place of the next one. */
  replace(...tokens: readonly Token[]): void {
    this.tokens.splice(this.at, 1, ...tokens)
    if (this.tokens.length > 2 * limits.tokens) throw new TooLarge('tokens')
  }

  get ended(): boolean {
    return this.at >= this.tokens.length
  }

  get position(): number {
    return this.at
  }

  /** Reads on from an earlier place. */
  return(position: number): void {
    this.at = position
  }

  /** Runs a reader one level deeper; refuses to go past the limit. */
  nested<T>(read: () => T): T {
    if (this.depth >= limits.depth) throw new TooLarge('depth')
    this.depth++
    const value = read()
    this.depth--
    return value
  }
}
