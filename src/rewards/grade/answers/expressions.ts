// When two expressions are the same: exactly, or within what the policy overlooks.

import { numberFor } from '../algebra/decide.ts'
import { rationalValue, sameExactly } from '../algebra/normal-form.ts'
import type { Steps } from '../algebra/polynomial.ts'
import {
  compare,
  integer,
  minus,
  type Rational,
  readDecimal,
  same,
  size,
  times,
  toNumber,
} from '../algebra/rational.ts'
import { sameAtPoints } from '../algebra/sample.ts'
import { TooLarge } from '../limits.ts'
import type { Expression } from './answer.ts'
import { by, type Context, spend } from './context.ts'

/** Whether a predicted expression equals the known one. */
export function sameExpression(gold: Expression, pred: Expression, context: Context): boolean {
  spend(context)
  if (!context.policy.unevaluated && isLiteral(gold) && !isLiteral(pred)) return false
  if (!context.policy.unreducedFractions && !sameFraction(gold, pred)) return false
  // what an ellipsis leaves out is not known: such things are alike or they are not
  if (isCut(gold) || isCut(pred)) return textOf(gold) === textOf(pred) && by(context, 'exact')
  const exact = exactly(gold, pred, context.state.steps)
  if (exact !== null) return (exact && by(context, 'exact')) || isNear(gold, pred, context)
  switch (sameAtPoints(gold, pred, context.state.steps)) {
    case 'proved':
      return by(context, 'symbolic')
    case 'agreed':
      return by(context, 'numeric')
    case 'different':
      context.state.refuted = 'numeric'
      return isNear(gold, pred, context)
    default:
      context.state.undecided = true
      return false
  }
}

/** Null also where a number is too large to be worked out. */
function exactly(gold: Expression, pred: Expression, steps: Steps): boolean | null {
  try {
    return sameExactly(gold, pred, steps)
  } catch (error) {
    if (error instanceof TooLarge && steps.left >= 0) return null
    throw error
  }
}

function isCut(e: Expression): boolean {
  return e.kind === 'call' ? e.args.some(isCut) : e.kind === 'symbol' && e.name === '...'
}

function textOf(e: Expression): string {
  if (e.kind === 'number') return `${e.value.n}/${e.value.d}`
  return e.kind === 'symbol' ? e.name : `${e.name}(${e.args.map(textOf).join(',')})`
}

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

function sameFraction(gold: Expression, pred: Expression): boolean {
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

function rationalOrNull(e: Expression): Rational | null {
  try {
    return rationalValue(e)
  } catch (error) {
    if (error instanceof TooLarge) return null
    throw error
  }
}

/** Whether two numbers are as near to each other as the policy lets them be. */
function isNear(gold: Expression, pred: Expression, context: Context): boolean {
  const { decimals, tolerance } = context.policy
  const places = isDecimal(gold) || isDecimal(pred) ? decimals : null
  if (places === null && tolerance.absolute === 0 && tolerance.relative === 0) return false
  const [a, b] = [rationalOrNull(gold), rationalOrNull(pred)]
  const near = a && b ? nearExactly(a, b, places, tolerance) : nearly(gold, pred, places, tolerance)
  return near && by(context, 'numeric')
}

type Tolerance = Context['policy']['tolerance']

function nearly(gold: Expression, pred: Expression, places: number | null, t: Tolerance): boolean {
  const [x, y] = [numberFor(gold), numberFor(pred)]
  if (x === null || y === null || !Number.isFinite(x) || !Number.isFinite(y)) return false
  const apart = Math.abs(x - y)
  if (apart <= Math.max(t.absolute, t.relative * Math.abs(x))) return true
  if (places === null) return false
  const scale = 10 ** places
  const rounded = Math.round(x * scale) === Math.round(y * scale)
  return rounded && apart <= guard(places) * Math.abs(x)
}

function nearExactly(a: Rational, b: Rational, places: number | null, t: Tolerance): boolean {
  const apart = size(minus(a, b))
  if (compare(apart, readDecimal(String(t.absolute))!) <= 0 && t.absolute > 0) return true
  if (t.relative > 0 && compare(apart, times(readDecimal(String(t.relative))!, size(a))) <= 0)
    return true
  if (places === null) return false
  const scale = integer(10n ** BigInt(places))
  const rounded = nearest(times(a, scale)) === nearest(times(b, scale))
  return rounded && toNumber(apart) <= guard(places) * toNumber(size(a))
}

/** Rounding is absolute: without this, every small number would equal every other. */
function guard(decimals: number): number {
  return 10 ** (1 - decimals)
}

function nearest({ n, d }: Rational): bigint {
  const twice = 2n * n + d
  const whole = twice / (2n * d)
  return twice < 0n && twice % (2n * d) !== 0n ? whole - 1n : whole
}

/** Whether an answer is a number written with a point, and nothing else. */
function isDecimal(e: Expression): boolean {
  if (e.kind === 'number') return e.places !== null
  return isLiteral(e) && e.kind === 'call' && e.args.some(isDecimal)
}
