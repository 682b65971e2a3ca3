// The value of an expression at a point, to a given precision, with a bound on its error.

import type { Expression } from '../answers/answer.ts'
import { limits } from '../limits.ts'
import {
  add,
  type Complex,
  complexOf,
  divide,
  exp,
  i,
  isReal,
  magnitude,
  multiply,
  negate,
  one,
  power,
  real,
  type Value,
  waves,
} from './complex.ts'
import { piReal } from './elementary.ts'
import { functionValue } from './functions.ts'
import { type Steps, spendSteps } from './polynomial.ts'
import { bitsOf, exact, isApart, mostOf } from './real.ts'

/** Values of the symbols. */
export type Point = ReadonlyMap<string, Complex>

/** A way to evaluate: to how many bits, at what cost, and how far apart in size the parts were found to lie. */
export interface Evaluation {
  readonly precision: number
  readonly steps: Steps
  /** Bits of all numbers that were met, as digits or as the size of a part. */
  spread: number
}

/** The value at a point; null where it is undefined, unknown, or not decided at this precision. */
export function evaluate(e: Expression, at: Point, to: Evaluation): Value {
  const { precision: p } = to
  spendSteps(to.steps, 1 + (p / 256) ** 1.5)
  if (e.kind === 'number') {
    to.spread += bitsOf(e.value.n) + bitsOf(e.value.d)
    return complexOf(e.value, p)
  }
  if (e.kind === 'symbol') return at.get(e.name) ?? constant(e.name, p)
  const value = callValue(e, at, to)
  if (!value) return null
  const size = magnitude(value)
  if (Number.isFinite(size)) to.spread += Math.abs(size)
  return value
}

function constant(name: string, p: number): Value {
  if (name === 'pi') return real(piReal(p))
  if (name === 'e') return exp(one, p)
  return name === 'i' ? i : null
}

function callValue(e: Extract<Expression, { kind: 'call' }>, at: Point, to: Evaluation): Value {
  if (e.name === 'sum' || e.name === 'prod') return series(e, at, to)
  if (e.name === 'pow') return raised(e.args[0], e.args[1], at, to)
  const args: Complex[] = []
  for (const arg of e.name === 'apply' ? e.args.slice(1) : e.args) {
    const value = evaluate(arg, at, to)
    if (!value) return null
    args.push(value)
  }
  return operation(e, args, to)
}

function operation(
  e: Extract<Expression, { kind: 'call' }>,
  args: readonly Complex[],
  to: Evaluation,
): Value {
  const { precision: p } = to
  const [a, b] = args
  switch (e.name) {
    case 'add':
    case 'mixed':
      return args.reduce((x, y) => add(x, y, p))
    case 'neg':
      return negate(a)
    case 'mul':
      return args.reduce((x, y) => multiply(x, y, p))
    case 'div':
      return divide(a, b, p)
    case 'percent':
      return multiply(a, complexOf({ n: 1n, d: 100n }, p), p)
    case 'degree':
      return multiply(a, multiply(real(piReal(p)), complexOf({ n: 1n, d: 180n }, p), p), p)
    case 'apply':
      return unknown(e.args[0].kind === 'symbol' ? e.args[0].name : '', args, p)
    case 'prime':
      return unknown("'", args, p)
    default:
      spendSteps(to.steps, 10 * (1 + (p / 256) ** 1.5))
      return functionValue(e.name, args, p)
  }
}

function raised(base: Expression, exponent: Expression, at: Point, to: Evaluation): Value {
  const [a, b] = [evaluate(base, at, to), evaluate(exponent, at, to)]
  spendSteps(to.steps, 10 * (1 + (to.precision / 256) ** 1.5))
  if (!a || !b) return null
  return power(a, b, to.precision)
}

/** A sum or product over whole numbers, up to the limit. */
function series(e: Extract<Expression, { kind: 'call' }>, at: Point, to: Evaluation): Value {
  const { precision: p } = to
  const [body, index, lower, upper] = e.args
  if (index.kind !== 'symbol') return null
  const [from, last] = [bound(lower, at, to), bound(upper, at, to)]
  if (from === null || last === null || last - from > limits.range) return null
  let total: Complex = e.name === 'sum' ? real({ m: 0n, e: 0, r: exact }) : one
  const inside = new Map(at)
  const [before, most] = [to.spread, { spread: 0 }]
  for (let k = from; k <= last; k++) {
    to.spread = before
    inside.set(index.name, complexOf({ n: BigInt(k), d: 1n }, p))
    const term = evaluate(body, inside, to)
    if (!term) return null
    most.spread = Math.max(most.spread, to.spread)
    total = e.name === 'sum' ? add(total, term, p) : multiply(total, term, p)
  }
  to.spread = Math.max(before, most.spread)
  return total
}

function bound(e: Expression, at: Point, to: Evaluation): number | null {
  const value = evaluate(e, at, to)
  if (!value || !isReal(value) || value.re.r !== exact || mostOf(value.re) > 40) return null
  const whole = Number(value.re.m) * 2 ** value.re.e
  return Number.isInteger(whole) ? whole : null
}

/**
 * A function of which nothing is known but its name: a smooth one that depends on the name, so that
 * equal arguments give equal values and different ones do not.
 */
function unknown(name: string, args: readonly Complex[], p: number): Value {
  let hash = 7n
  for (const letter of name) hash = (hash * 31n + BigInt(letter.codePointAt(0)!)) % 9973n
  let value = complexOf({ n: 9973n + hash, d: 9973n }, p)
  for (const [k, arg] of args.entries()) {
    const slope = { n: 60n + ((hash * BigInt(k + 1)) % 97n), d: 200n }
    const both = waves(multiply(arg, complexOf(slope, p), p), p)
    if (!both) return null
    value = add(multiply(value, both[0], p), both[1], p)
  }
  return value
}

/** Whether a value is certainly no real number. */
export function isComplex(value: Complex): boolean {
  return isApart(value.im)
}
