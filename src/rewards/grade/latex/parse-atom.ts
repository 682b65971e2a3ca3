// What a factor is made of: numbers, symbols, fractions, roots, functions, and brackets.

import { plus, quotient, type Rational, readDecimal } from '../algebra/rational.ts'
import { type Answer, algebraic, call, type Expression, number, symbol } from '../answers/answer.ts'
import { Unparsable } from '../limits.ts'
import type { Cursor } from './cursor.ts'
import type { Token } from './lex.ts'
import { argument, bars, bracket, environment } from './parse-bracket.ts'
import { applied, bigOperator } from './parse-function.ts'
import { isFunction, letters } from './parse-start.ts'
import { startsSymbol, symbolAt } from './parse-symbol.ts'

/** Reads one atom. */
export function atom(p: Cursor): Answer {
  return p.nested(() => {
    const token = p.peek()
    if (!token) throw new Unparsable('the end')
    if (token.kind === 'number') return numeral(p)
    if (token.kind === 'begin') return environment(p)
    if (token.kind === 'sign') return p.is('|') || p.is('\\|') ? bars(p) : bracket(p)
    if (isFunction(token, p)) return applied(p)
    if (token.kind === 'word' && !startsSymbol(token, p)) split(p, token)
    const called = functionCall(p)
    return called ?? command(p)
  })
}

function command(p: Cursor): Answer {
  const name = symbolAt(p)
  if (name !== null) return symbol(name)
  const token = p.next()
  if (token.kind !== 'command') throw new Unparsable(token.text)
  switch (token.text) {
    case 'frac':
      return call('div', argument(p), argument(p))
    case 'binom':
      return call('binom', argument(p), argument(p))
    case 'sqrt':
      return root(p)
    case 'lfloor':
    case 'lceil':
      return rounded(p, token.text === 'lfloor' ? 'floor' : 'ceil')
    case 'langle':
      return vector(p)
    case 'emptyset':
      return { kind: 'set', items: [] }
    case 'ldots':
      return symbol('...')
    case 'sum':
    case 'prod':
    case 'int':
    case 'lim':
      return bigOperator(p, token.text)
    default:
      throw new Unparsable(token.text)
  }
}

function numeral(p: Cursor): Expression {
  const text = p.next().text
  const after = p.peek()
  if (after?.kind === 'command' && after.text.startsWith('repeating:') && text.includes('.')) {
    return repeating(text, p.next().text.slice('repeating:'.length))
  }
  const point = /e/i.test(text) ? -1 : text.indexOf('.')
  const value = readDecimal(text)
  if (value === null) throw new Unparsable(text) // what is left of a number whose first digit was taken: `\\frac1.5`
  return number(value, point < 0 ? null : text.length - point - 1)
}

/** 0.1\overline{6} = 0.1 + 6/90. */
function repeating(text: string, period: string): Expression {
  const places = text.length - text.indexOf('.') - 1
  const tail = quotient(BigInt(period), 10n ** BigInt(places) * (10n ** BigInt(period.length) - 1n))
  const head: Rational = text === '.' ? { n: 0n, d: 1n } : readDecimal(text)!
  return number(plus(head, tail!))
}

function root(p: Cursor): Expression {
  const index = p.accept('[') ? algebraic(p.list()) : null
  if (index) p.expect(']')
  const token = p.peek()
  if (p.is('(') && !p.reading.looseText) throw new Unparsable('\\sqrt(')
  const under =
    p.is('{') || p.is('(')
      ? algebraic(bracket(p))
      : token?.kind === 'number'
        ? algebraic(atom(p))
        : argument(p)
  return index ? call('root', under, index) : call('sqrt', under)
}

function rounded(p: Cursor, name: 'floor' | 'ceil'): Expression {
  const value = algebraic(p.list())
  if (!p.acceptCommand('rfloor') && !p.acceptCommand('rceil')) throw new Unparsable(name)
  return call(name, value)
}

function vector(p: Cursor): Answer {
  const inside = p.list()
  if (!p.acceptCommand('rangle')) throw new Unparsable('\\langle')
  return { kind: 'tuple', items: inside.kind === 'list' ? inside.items : [inside] }
}

/** Letters of plain text as a product; a known function or a word of prose is none. */
function split(p: Cursor, token: Token): void {
  const parts = letters(token, p)
  if (!parts) throw new Unparsable(token.text)
  p.replace(...parts)
}

/** `f(2)` and `I(0)`: a letter before one number, or a letter that always names a function. */
function functionCall(p: Cursor): Expression | null {
  const start = p.position
  const name = symbolAt(p)
  const numeric = p.is('(') && p.peek(1)?.kind === 'number' && p.is(')', 2)
  const called = p.is('(') && (numeric || /^(?:[fg]([_']|$)|mathbb:E)/.test(name ?? ''))
  const expected = p.is('[') && /^(?:E|mathbb:E)$/.test(name ?? '')
  if (name !== null && (called || expected)) {
    const inside = bracket(p)
    if (inside.kind === 'tuple') return call('apply', symbol(name), ...inside.items.map(algebraic))
    return call('apply', symbol(name), algebraic(inside))
  }
  p.return(start)
  return null
}
