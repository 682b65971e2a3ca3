// Sums and products, also those that are written without an operator.

import { quotient } from '../algebra/rational.ts'
import {
  type Answer,
  algebraic,
  call,
  type Expression,
  isExpression,
  number,
  symbol,
} from '../answers/answer.ts'
import { Unparsable } from '../limits.ts'
import { isUnit, letterUnits } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { factor } from './parse-factor.ts'
import { exponentLength, startsAtom } from './parse-start.ts'

/** Terms with signs between them. A container stands alone, with no sign. */
export function sum(p: Cursor): Answer {
  return p.nested(() => {
    const sign = signAt(p)
    let left = term(p)
    if (sign) left = signed(sign, null, left)
    for (let next = signAt(p); next; next = signAt(p)) left = signed(next, left, term(p))
    return left
  })
}

type Sign = '+' | '-' | 'pm' | 'mp'

function signAt(p: Cursor): Sign | null {
  if (p.is('+') || p.is('-')) return p.next().text as Sign
  if (p.isCommand('pm') || p.isCommand('mp')) return p.next().text as Sign
  return null
}

function signed(sign: Sign, left: Answer | null, right: Answer): Answer {
  if (left === null && right.kind === 'matrix' && sign === '-') return scaled(minusOne, right)
  const [a, b] = [left && algebraic(left), algebraic(right)]
  if (sign === 'pm' || sign === 'mp') return call(sign, a ?? number(nought), b)
  const value = sign === '-' ? call('neg', b) : b
  if (!a) return value
  const terms = a.kind === 'call' && a.name === 'add' ? a.args : [a]
  return call('add', ...terms, value)
}

const nought = quotient(0n, 1n)!
const minusOne = number(quotient(-1n, 1n)!)

function term(p: Cursor): Answer {
  let left = p.is('-') || p.is('+') ? sum(p) : factor(p)
  for (;;) {
    const operator = operatorAt(p)
    if (isComposed(p, left)) left = composed(p, left)
    else if (operator) left = applied(operator, left, divisor(p, operator))
    else if (!continues(p, left)) return left
    else left = next(p, left)
  }
}

/** The dx of dy/dx, which is one thing. */
function differential(p: Cursor): Expression | null {
  const token = p.peek()
  if (token?.kind !== 'word' || !/^d[a-z]$/.test(token.text)) return null
  p.next()
  return product(symbol('d'), symbol(token.text[1]))
}

/** f \\circ g, which is not g \\circ f; of a number it would be a degree. */
function isComposed(p: Cursor, left: Answer): boolean {
  return p.isCommand('circ') && p.peek(1) !== undefined && isExpression(left) && !isNumeric(left)
}

function composed(p: Cursor, left: Answer): Expression {
  p.next()
  return call('apply', symbol('composed'), algebraic(left), algebraic(factor(p)))
}

function operatorAt(p: Cursor): '*' | '/' | 'mod' | null {
  if (p.accept('*') || p.acceptCommand('times') || p.acceptCommand('cdot')) return '*'
  if (p.accept('/')) return '/'
  return p.acceptCommand('bmod') || p.acceptCommand('mod') ? 'mod' : null
}

function divisor(p: Cursor, operator: '*' | '/' | 'mod'): Answer {
  if (p.is('-') || p.is('+')) return negated(p)
  return (operator === '/' ? differential(p) : null) ?? factor(p)
}

/** A factor with its own sign, after an operator. */
function negated(p: Cursor): Expression {
  const minus = p.next().text === '-'
  const value = algebraic(factor(p))
  return minus ? call('neg', value) : value
}

function applied(operator: '*' | '/' | 'mod', left: Answer, right: Answer): Answer {
  if (operator === '*' && right.kind === 'matrix') return scaled(algebraic(left), right)
  const [a, b] = [algebraic(left), algebraic(right)]
  if (operator === '/') return call('div', a, b)
  if (operator === 'mod') return call('mod', a, b)
  return product(a, b)
}

function product(a: Expression, b: Expression): Expression {
  return call('mul', ...(a.kind === 'call' && a.name === 'mul' ? a.args : [a]), b)
}

function scaled(by: Expression, matrix: Extract<Answer, { kind: 'matrix' }>): Answer {
  const rows = matrix.rows.map(row => row.map(value => product(by, algebraic(value))))
  return { kind: 'matrix', rows }
}

/** Whether the next token is a factor without an operator before it. */
function continues(p: Cursor, left: Answer): boolean {
  const token = p.peek()
  if (!token || !isExpression(left) || !startsAtom(p)) return false
  if (p.is('(') && p.isCommand('bmod', 1)) return false
  if (left.kind === 'call' && left.name === 'degree' && /^[CF]$/.test(token.text)) return false
  if (token.kind === 'text') {
    const ends = endsAfter(p) || p.peek(1)?.kind === 'number'
    const unit = isUnit(token.text) && isNumeric(left) && ends
    return /^[A-Za-z]$/.test(token.text) && !unit
  }
  if (token.kind === 'word')
    return !isCounted(p) && !/^(and|or|percent|pct|percentage)$/i.test(token.text)
  const unit = p.reading.gluedUnits && token.kind === 'letter' && letterUnits.has(token.text)
  return !(unit && left.kind === 'number' && endsAfter(p))
}

function isNumeric(e: Expression): boolean {
  return e.kind === 'number' || (e.kind === 'call' && e.args.every(isNumeric))
}

/** Whether the word here is a unit or a noun, not a product of letters. */
function isCounted(p: Cursor): boolean {
  const word = p.peek()!.text
  return isUnit(word) || (word.length > 3 && !startsAtom(p))
}

/** Whether a single-letter unit here ends the element, alone, with an exponent, or over another unit. */
function endsAfter(p: Cursor): boolean {
  const after = 1 + exponentLength(p, 1)
  const token = p.peek(after)
  if (p.is('/', after) || p.isCommand('cdot', after)) return isUnitAt(p, after + 1)
  return !token || (token.kind === 'sign' && /^[,;]$/.test(token.text)) || token.kind === 'text'
}

function isUnitAt(p: Cursor, at: number): boolean {
  const token = p.peek(at)
  if (token?.kind === 'letter') return p.reading.gluedUnits && letterUnits.has(token.text)
  return token !== undefined && token.kind !== 'number' && isUnit(token.text)
}

/** A factor right after another: a product, or the fraction of a mixed number. */
function next(p: Cursor, left: Answer): Answer {
  const spaced = p.peek()!.spaced
  const fraction = p.isCommand('frac')
  const digits = p.peek()!.kind === 'number'
  const whole = left.kind === 'number' && left.value.d === 1n && left.places === null
  const right = algebraicOrMatrix(factor(p))
  if (right.kind === 'matrix') return scaled(algebraic(left), right)
  if (fraction && whole && isFraction(right)) return call('mixed', left, right)
  const marked = right.kind === 'call' && /^(percent|degree)$/.test(right.name)
  if (fraction && whole && marked && isFraction(right.args[0]))
    return call(right.name, call('mixed', left, right.args[0]))
  if (digits && left.kind === 'number') {
    if (p.isCommand('frac') && p.reading.looseText) return product(left, algebraic(next(p, right)))
    return mixedWithSlash(p, left, right, spaced && whole)
  }
  if (digits && lastOf(left)?.kind === 'number' && right.kind === 'number')
    throw new Unparsable('digits')
  return product(algebraic(left), right)
}

/** `3 1/2`: the only numbers that may stand side by side. */
function mixedWithSlash(p: Cursor, left: Expression, right: Expression, can: boolean): Expression {
  if (!can || right.kind !== 'number' || !p.accept('/')) throw new Unparsable('digits')
  return call('mixed', left, call('div', right, algebraic(factor(p))))
}

function lastOf(left: Answer): Expression | null {
  return left.kind === 'call' && left.name === 'mul' ? left.args.at(-1)! : null
}

function isFraction(value: Expression): boolean {
  return (
    value.kind === 'call' && value.name === 'div' && value.args.every(arg => arg.kind === 'number')
  )
}

function algebraicOrMatrix(value: Answer): Expression | Extract<Answer, { kind: 'matrix' }> {
  return value.kind === 'matrix' ? value : algebraic(value)
}
