// What the tokens here may begin, before any of them is read.

import type { Cursor } from './cursor.ts'
import type { Token } from './lex.ts'
import { functions, startsSymbol } from './parse-symbol.ts'

const opening = new Set(['(', '[', '{', '\\{'])

/** Whether a factor can begin here without an operator before it. */
export function startsAtom(p: Cursor): boolean {
  const token = p.peek()
  if (!token) return false
  if (token.kind === 'number' || token.kind === 'begin') return true
  if (token.kind === 'sign')
    return opening.has(token.text)
      ? token.text !== '\\{' && !closesInterval(p)
      : token.text === '|' && p.bars === 0
  if (token.kind === 'command' && token.text.startsWith('repeating:')) return false
  if (startsSymbol(token, p) || isFunction(token, p)) return true
  if (token.kind === 'word') return letters(token, p) !== null
  return (
    token.kind === 'command' &&
    /^(frac|sqrt|binom|sum|prod|int|lfloor|lceil|ldots)$/.test(token.text)
  )
}

/** Whether the square bracket here is the end of [a, b[. */
function closesInterval(p: Cursor): boolean {
  const after = p.peek(1)
  const ends = !after || (after.kind === 'sign' && /^[,;)]$/.test(after.text))
  return (
    p.is('[') && (ends || (after?.kind === 'command' && /^(cup|cap|setminus)$/.test(after.text)))
  )
}

/** Whether a token names a function of what follows. */
export function isFunction(token: Token, p: Cursor): boolean {
  if (token.kind === 'command' || token.kind === 'text') return functions.has(token.text)
  return (
    token.kind === 'word' &&
    p.reading.plainText &&
    (functions.has(token.text) || token.text === 'sqrt')
  )
}

/** Letters of plain text as tokens of their own; null for a known function, where those do not pass, and for a word of prose. */
export function letters(token: Token, p: Cursor): Token[] | null {
  const named =
    /^(arcsin|arccos|arctan|sinh|cosh|tanh|sin|cos|tan|cot|sec|csc|ln|log|sqrt|exp|pi)([A-Za-z]?)$/
  const found = named.exec(token.text)
  if (found) {
    if (!p.reading.plainText) return null
    const rest: Token[] = found[2] ? [{ kind: 'letter', text: found[2], spaced: false }] : []
    return [{ kind: 'command', text: found[1], spaced: token.spaced }, ...rest]
  }
  if (token.text.length > 4) return null
  return [...token.text].map((text, i) => ({
    kind: 'letter',
    text,
    spaced: i === 0 && token.spaced,
  }))
}

/** How many tokens of an exponent stand here: `^2`, `^{2}`, `^{-1}`. */
export function exponentLength(p: Cursor, at: number): number {
  if (!p.is('^', at)) return 0
  if (!p.is('{', at + 1)) return 2
  return p.is('-', at + 2) ? 5 : 4
}
