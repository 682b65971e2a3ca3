// A normalised answer as tokens.

import { limits, TooLarge, Unparsable } from '../limits.ts'

export interface Token {
  /**
   * number; letter (a variable, decorated or not); word (letters of plain text); command (a backslash
   * and a name); text (of \text{...}); begin and end (of an environment); sign (anything else).
   */
  readonly kind: 'number' | 'letter' | 'word' | 'command' | 'text' | 'begin' | 'end' | 'sign'
  readonly text: string
  /** Whether a space stands before it. */
  readonly spaced: boolean
}

const accents = new Set(
  'dot ddot hat bar vec tilde overline underline widehat widetilde overrightarrow check mathcal mathbb mathfrak mathscr underbrace overbrace'.split(
    ' ',
  ),
)
/** Accents that are drawn longer over longer names. */
const longer: Readonly<Record<string, string>> = {
  overrightarrow: 'vec',
  overline: 'bar',
  widehat: 'hat',
  widetilde: 'tilde',
}
const number = /(?:\d{1,3}(?:,\d{3})+(?![\d,]*\d)|\d+)(?:\.\d+|\.(?![.\d]))?|\.\d+/y
const scientific = /\d+(?:\.\d+)?[eE](?:\d+|[+-]\d{2,})(?![\w^.])/y // e-5 may be e less 5
const inner = /\d+(?:\.\d+|\.(?![.\d]))?|\.\d+/y // inside brackets a comma separates
const letters = /[A-Za-z]+/y
const name = /\\([A-Za-z]+)/y
const signs = /\\\\|\\[{}|]|[-+*/^_=<>!'|:;,()[\]{}%&?"]|\\\s/y

/** The tokens of a normalised answer. Throws TooLarge past the limit, Unparsable on other characters. */
export function lex(text: string): Token[] {
  const tokens: Token[] = []
  const state = { at: 0, depth: 0 }
  while (state.at < text.length) {
    const spaced = text[state.at] === ' '
    if (spaced) state.at++
    if (state.at >= text.length) break
    if (tokens.length >= limits.tokens) throw new TooLarge('tokens')
    const token = { ...next(text, state), spaced }
    tokens.push(...(token.kind === 'text' ? joints(token) : [token]))
  }
  return tokens
}

/** `\text{ chickens and }` as the word and the joint: a comma, `and` or `or` at an end of words. */
function joints(token: Token): Token[] {
  const parts =
    /^(?:(,|;)?\s*\b(and|or)\b|(,|;))?\s*(.*?)\s*(?:(,|;)?\s*\b(and|or)|(,|;))?$/is.exec(token.text)
  if (!parts) return [token]
  const [before, after] = [parts[2] ?? parts[3] ?? parts[1], parts[6] ?? parts[7] ?? parts[5]]
  const joint = (text: string | undefined): Token[] =>
    text
      ? [{ kind: /[,;]/.test(text) ? 'sign' : 'word', text: text.toLowerCase(), spaced: true }]
      : []
  if (parts[4] === '') return [...joint(before ?? after)]
  return [...joint(before), { ...token, text: parts[4] }, ...joint(after)]
}

interface State {
  at: number
  depth: number // of round, square and set brackets
}
type Bare = Omit<Token, 'spaced'>

function next(text: string, state: State): Bare {
  const digits =
    take(scientific, text, state) ?? take(state.depth > 0 ? inner : number, text, state)
  if (digits) return { kind: 'number', text: digits.replaceAll(',', '') }
  const run = take(letters, text, state)
  const joined = run && /^(or|and)([A-Z])$/.exec(run) // 1orW(x)
  if (joined) state.at--
  if (joined) return { kind: 'word', text: joined[1] }
  if (run) return { kind: run.length === 1 ? 'letter' : 'word', text: run }
  const command = take(name, text, state)
  if (command) return named(command.slice(1), text, state)
  const sign = take(signs, text, state)
  if (!sign) throw new Unparsable(text.slice(state.at, state.at + 1))
  if (sign === '(' || sign === '[' || sign === '\\{') state.depth++
  if (sign === ')' || sign === ']' || sign === '\\}') state.depth--
  return { kind: 'sign', text: sign }
}

function named(command: string, text: string, state: State): Bare {
  if (command === 'text') return { kind: 'text', text: argument(text, state).trim() }
  if (command === 'begin' || command === 'end') {
    const environment = argument(text, state).replace(/\*$/, '')
    if (environment === 'array') argumentIfAny(text, state)
    return { kind: command, text: environment }
  }
  if (!accents.has(command)) return { kind: 'command', text: command }
  const under = argument(text, state).replace(/\s|\\text\s*|[{}]/g, '')
  // a bar over digits repeats them: 0.\overline{3}
  if (/^\d+$/.test(under)) return { kind: 'command', text: `repeating:${under}` }
  return { kind: 'letter', text: `${longer[command] ?? command}:${under}` }
}

/** What stands in the braces here, or the one token here. */
function argument(text: string, state: State): string {
  while (text[state.at] === ' ') state.at++
  if (text[state.at] !== '{') {
    const one = take(/\\[A-Za-z]+|[A-Za-z0-9]/y, text, state)
    return one ?? fail()
  }
  let depth = 0
  for (let i = state.at; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) {
      const inside = text.slice(state.at + 1, i)
      state.at = i + 1
      return inside
    }
  }
  return fail()
}

function argumentIfAny(text: string, state: State): void {
  while (text[state.at] === ' ') state.at++
  if (text[state.at] === '{') argument(text, state)
}

function take(pattern: RegExp, text: string, state: State): string | null {
  pattern.lastIndex = state.at
  const found = pattern.exec(text)?.[0] ?? null
  if (found !== null) state.at += found.length
  return found
}

function fail(): never {
  throw new Unparsable('an argument')
}
