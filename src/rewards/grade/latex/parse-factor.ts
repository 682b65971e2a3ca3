// What stands behind a value: exponents, factorials, primes, percent signs, degrees, bases.

import { type Answer, algebraic, call, type Expression } from '../answers/answer.ts'
import { Unparsable } from '../limits.ts'
import type { Cursor } from './cursor.ts'
import { atom } from './parse-atom.ts'
import { subscript } from './parse-symbol.ts'

/** An atom and what is written behind it. */
export function factor(p: Cursor): Answer {
  let base = atom(p)
  for (;;) {
    const token = p.peek()
    if (p.is('^')) {
      p.next()
      if (base.kind === 'matrix' || base.kind === 'tuple') base = transposed(base, atom(p))
      else base = call('pow', algebraic(base), exponent(p))
    } else if (p.is('!')) {
      p.next()
      base = call(p.accept('!') ? 'factorial2' : 'factorial', algebraic(base))
    } else if (p.is("'")) {
      p.next()
      base = call('prime', algebraic(base))
    } else if (p.is('%') || isPercentWord(p)) {
      p.next()
      base = call('percent', algebraic(base))
    } else if (p.isCommand('degree')) {
      p.next()
      base = call('degree', algebraic(base))
    } else if (p.is('_') && base.kind === 'number' && token) {
      return based(p, base)
    } else return base
  }
}

/** A matrix with its rows as columns; a tuple as a column. Throws Unparsable where the exponent is another than T. */
function transposed(base: Matrix | Tuple, exponent: Answer): Answer {
  const said =
    exponent.kind === 'word' ? exponent.text : exponent.kind === 'symbol' ? exponent.name : ''
  if (!/^(?:T|t|top|intercal)$/.test(said)) throw new Unparsable('a power of a matrix')
  if (base.kind !== 'matrix') return { kind: 'matrix', rows: base.items.map(item => [item]) }
  const [first] = base.rows
  return { kind: 'matrix', rows: first.map((_, column) => base.rows.map(row => row[column])) }
}

type Matrix = Extract<Answer, { kind: 'matrix' }>
type Tuple = Extract<Answer, { kind: 'tuple' | 'set' }>

function isPercentWord(p: Cursor): boolean {
  const token = p.peek()
  if (token?.kind !== 'word' && token?.kind !== 'text') return false
  return /^(percent|percentage|pct)$/i.test(token.text)
}

function exponent(p: Cursor): Expression {
  if (!p.is('-') && !p.is('+')) return algebraic(atom(p))
  const minus = p.next().text === '-'
  const value = algebraic(atom(p))
  return minus ? call('neg', value) : value
}

/** Digits with a base: 4210_{7}. */
function based(p: Cursor, base: Extract<Expression, { kind: 'number' }>): Answer {
  p.next()
  const radix = Number(subscript(p))
  const digits = base.value.n.toString()
  const legal = Number.isInteger(radix) && radix >= 2 && radix <= 36 && base.value.d === 1n
  if (!legal || [...digits].some(digit => Number(digit) >= radix)) throw new Unparsable('base')
  return { kind: 'based', digits, base: radix }
}
