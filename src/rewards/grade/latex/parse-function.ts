// Functions written without brackets, and operators with bounds.

import { integer } from '../algebra/rational.ts'
import { type Answer, algebraic, call, type Expression, number, symbol } from '../answers/answer.ts'
import { Unparsable } from '../limits.ts'
import type { Cursor } from './cursor.ts'
import { argument, bracket } from './parse-bracket.ts'
import { isFunction, startsAtom } from './parse-start.ts'

const spelled: Readonly<Record<string, string>> = { asin: 'arcsin', acos: 'arccos', atan: 'arctan' }

/** A function and its argument: `\sin^2 x`, `\log_2 8`, `\cos(2t)`, `\sin 2x`. */
export function applied(p: Cursor): Expression {
  const token = p.next().text
  const name = Object.hasOwn(spelled, token) ? spelled[token] : token
  let exponent: Expression | null = null
  let base: Expression | null = null
  for (;;) {
    if (!exponent && p.accept('^')) exponent = power(p)
    else if (!base && name === 'log' && p.accept('_')) base = argument(p)
    else break
  }
  const args = [...operands(p), ...(base ? [base] : [])]
  const inverse = exponent && isMinusOne(exponent)
  if (inverse && /^(sin|cos|tan|cot|sec|csc)$/.test(name)) return call(`arc${name}`, ...args)
  const value = named(name, args)
  return exponent ? call('pow', value, exponent) : value
}

function named(name: string, args: readonly Expression[]): Expression {
  if (name === 'cis') {
    const sine = call('mul', symbol('i'), call('sin', ...args))
    return call('add', call('cos', ...args), sine)
  }
  if (name === 'exp') return call('pow', symbol('e'), args[0])
  if (name === 'log' && args.length === 1) return call('log', args[0], number(integer(10)))
  return call(name, ...args)
}

function power(p: Cursor): Expression {
  if (!p.accept('-')) return argument(p)
  return call('neg', argument(p))
}

function isMinusOne(e: Expression): boolean {
  if (e.kind === 'number') return e.value.n === -1n && e.value.d === 1n
  return (
    e.kind === 'call' && e.name === 'neg' && e.args[0].kind === 'number' && e.args[0].value.n === 1n
  )
}

/** The bracket that follows, else the factors up to the next bracket, function or operator. */
function operands(p: Cursor): readonly Expression[] {
  if (p.is('(') || p.is('[')) {
    const inside = bracket(p)
    return inside.kind === 'tuple' ? inside.items.map(algebraic) : [algebraic(inside)]
  }
  const minus = p.accept('-')
  const factors = [algebraic(p.factor())]
  while (startsAtom(p) && !p.is('(') && !p.is('[') && !p.is('|') && !isFunction(p.peek()!, p)) {
    if (p.peek()!.kind === 'word' || p.peek()!.kind === 'number') break
    factors.push(algebraic(p.factor()))
  }
  const product = factors.length === 1 ? factors[0] : call('mul', ...factors)
  return [minus ? call('neg', product) : product]
}

/** \sum_{k=1}^{n} and its kin, over the terms up to the next plus or minus. */
export function bigOperator(p: Cursor, name: 'sum' | 'prod' | 'int' | 'lim'): Answer {
  const bounds: { under: Answer | null; over: Expression | null } = { under: null, over: null }
  for (;;) {
    if (!bounds.under && p.accept('_')) bounds.under = p.is('{') ? bracketed(p) : p.atom()
    else if (!bounds.over && p.accept('^')) bounds.over = argument(p)
    else break
  }
  const body = algebraic(factors(p))
  const { under, over } = bounds
  if (name === 'int')
    return call('int', body, ...[under, over].flatMap(b => (b ? [algebraic(b)] : [])))
  if (name === 'lim' && under?.kind === 'relation' && under.signs.join() === 'to')
    return call('lim', body, ...under.sides.map(algebraic))
  if (under?.kind !== 'relation' || under.signs[0] !== '=' || !over) throw new Unparsable(name)
  return call(name, body, algebraic(under.sides[0]), algebraic(under.sides[1]), over)
}

function bracketed(p: Cursor): Answer {
  p.expect('{')
  const inside = p.list()
  p.expect('}')
  return inside
}

/** Factors up to the next plus or minus. */
function factors(p: Cursor): Answer {
  const found = [algebraic(p.factor())]
  while (startsAtom(p) || p.isCommand('cdot') || p.is('/')) {
    if (p.acceptCommand('cdot')) found.push(algebraic(p.factor()))
    else if (p.accept('/')) found.push(call('div', number(integer(1)), algebraic(p.factor())))
    else found.push(algebraic(p.factor()))
  }
  return found.length === 1 ? found[0] : call('mul', ...found)
}
