// Numbers as they are written.

import { rationalValue } from '../algebra/normal-form.ts'
import { integer, type Rational, same } from '../algebra/rational.ts'
import { TooLarge } from '../limits.ts'
import type { Expression } from './answer.ts'

/** A number as it is written: digits, a fraction of digits, a power of digits; nothing left to do. */
export function isLiteral(e: Expression): boolean {
  if (e.kind === 'number') return true
  if (e.kind === 'symbol') return false
  switch (e.name) {
    case 'neg':
    case 'percent':
    case 'degree':
      return isLiteral(e.args[0])
    case 'div':
      if (e.args[0].kind === 'number' && e.args[1].kind === 'call' && e.args[1].name === 'pow')
        return isLiteral(e.args[1])
      return e.args.every(arg => arg.kind === 'number' || isSignedNumber(arg))
    case 'mixed':
    case 'pow':
      return e.args.every(
        arg =>
          arg.kind === 'number' || isSignedNumber(arg) || (e.name === 'mixed' && isLiteral(arg)),
      )
    case 'mul':
      return e.args.length === 2 && e.args[0].kind === 'number' && isPowerOfTen(e.args[1])
    default:
      return false
  }
}

function isSignedNumber(e: Expression): boolean {
  return e.kind === 'call' && e.name === 'neg' && e.args[0].kind === 'number'
}

function isPowerOfTen(e: Expression): boolean {
  if (e.kind !== 'call' || e.name !== 'pow') return false
  const [base, exponent] = e.args
  const ten = base.kind === 'number' && same(base.value, integer(10))
  return ten && (exponent.kind === 'number' || isSignedNumber(exponent))
}

/** Whether two fractions are written with the same numbers, where both are fractions. */
export function sameFraction(gold: Expression, pred: Expression): boolean {
  const [a, b] = [fractionOf(gold), fractionOf(pred)]
  return !a || !b || (same(a[0], b[0]) && same(a[1], b[1]))
}

function fractionOf(e: Expression): [Rational, Rational] | null {
  if (e.kind !== 'call') return null
  if (e.name === 'neg') {
    const inner = fractionOf(e.args[0])
    return inner && [{ n: -inner[0].n, d: inner[0].d }, inner[1]]
  }
  if (e.name !== 'div') return null
  const [n, d] = e.args.map(arg =>
    arg.kind === 'call' && arg.name !== 'neg' ? null : rationalOrNull(arg),
  )
  return n && d ? [n, d] : null
}

/** The value of an expression that is a rational number of bounded size; null for any other. */
export function rationalOrNull(e: Expression): Rational | null {
  try {
    return rationalValue(e)
  } catch (error) {
    if (error instanceof TooLarge) return null
    throw error
  }
}
