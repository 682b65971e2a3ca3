// How near two numbers that are not the same may lie under a policy.

import { numberFor } from '../algebra/decide.ts'
import {
  compare,
  integer,
  minus,
  type Rational,
  readDecimal,
  size,
  times,
  toNumber,
} from '../algebra/rational.ts'
import type { Expression } from './answer.ts'
import { by, type Context } from './context.ts'
import { isLiteral, rationalOrNull } from './literals.ts'

/** Whether two numbers are as near to each other as the policy lets them be. */
export function isNear(gold: Expression, pred: Expression, context: Context): boolean {
  const { decimals, tolerance } = context.policy
  const places = isDecimal(gold) || isDecimal(pred) ? decimals : null
  if (
    places === null &&
    context.policy.rounded === null &&
    tolerance.absolute === 0 &&
    tolerance.relative === 0
  )
    return false
  const [a, b] = [rationalOrNull(gold), rationalOrNull(pred)]
  if (isRounding(gold, pred, context, true) || isRounding(pred, gold, context, false))
    return by(context, 'numeric')
  const near = a && b ? nearExactly(a, b, places, tolerance) : nearly(gold, pred, places, tolerance)
  return near && by(context, 'numeric')
}

/**
 * Whether a decimal of enough digits is what another number, written otherwise, rounds to; or, where
 * that may be, what is left where its further digits are cut off.
 */
function isRounding(
  decimal: Expression,
  other: Expression,
  { policy: { rounded } }: Context,
  cut: boolean,
): boolean {
  if (rounded === null || !isDecimal(decimal) || isDecimal(other)) return false
  const plain = decimal.kind === 'call' && decimal.name === 'neg' ? decimal.args[0] : decimal
  if (plain.kind !== 'number' || plain.places === null || plain.places < rounded) return false
  const scale = 10n ** BigInt(plain.places)
  const digits = (size(plain.value).n * scale) / plain.value.d
  if (digits.toString().length < rounded || plain.places > 12 || digits >= 10n ** 15n) return false
  const known = plain === decimal ? plain.value : { n: -plain.value.n, d: plain.value.d }
  const value = rationalOrNull(other)
  if (value) return withinDigit(minus(value, known), known, scale, cut)
  const about = numberFor(other)
  const apart = about === null ? Number.NaN : (about - toNumber(known)) * Number(scale)
  return Math.abs(apart) <= 0.5 || (cut && Math.sign(apart) === sign(known) && Math.abs(apart) < 1)
}

/** Whether what lies between is at most half of the last digit, or, cut off, less than all of it. */
function withinDigit(apart: Rational, known: Rational, scale: bigint, cut: boolean): boolean {
  const digits = times(size(apart), integer(scale))
  if (compare(times(digits, integer(2n)), integer(1)) <= 0) return true
  return cut && sign(apart) === sign(known) && compare(digits, integer(1)) < 0
}

function sign({ n }: Rational): number {
  return n > 0n ? 1 : n < 0n ? -1 : 0
}

type Tolerance = Context['policy']['tolerance']

function nearly(gold: Expression, pred: Expression, places: number | null, t: Tolerance): boolean {
  const [x, y] = [numberFor(gold), numberFor(pred)]
  if (x === null || y === null || !Number.isFinite(x) || !Number.isFinite(y)) return false
  const apart = Math.abs(x - y)
  const allowed = Math.max(t.absolute, t.relative * Math.abs(x))
  if (allowed > 0 && apart <= allowed) return true
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
