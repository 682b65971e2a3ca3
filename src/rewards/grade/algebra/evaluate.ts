// The value of an expression at a point, with a bound on its error.

import type { Expression } from '../answers/answer.ts'
import { limits, TooLarge } from '../limits.ts'
import {
  type Approximate,
  add,
  approximate,
  cosine,
  divide,
  modulus,
  multiply,
  negate,
  power,
  sine,
} from './complex.ts'
import { functionValue } from './functions.ts'
import type { Steps } from './polynomial.ts'
import { toNumber } from './rational.ts'

/** Values of the symbols. */
export type Point = ReadonlyMap<string, Approximate>

const constants: Point = new Map([
  ['pi', approximate(Math.PI)],
  ['e', approximate(Math.E)],
  ['i', { re: 0, im: 1, error: 0 }],
])
const pi = constants.get('pi')!

const most = 20 * limits.range // evaluations of parts in one value

/** The value at a point; null where it is undefined, infinite or unknown there. */
export function evaluate(e: Expression, at: Point, steps?: Steps): Approximate | null {
  const terms = { left: most }
  const value = valueAt(e, at, terms)
  if (steps) steps.left -= (most - terms.left) / 20 // one is about a twentieth of a product of terms
  if (steps && steps.left < 0) throw new TooLarge('steps')
  return value &&
    Number.isFinite(value.re) &&
    Number.isFinite(value.im) &&
    Number.isFinite(value.error)
    ? value
    : null
}

interface Terms {
  left: number // evaluations that may still be made
}

function valueAt(e: Expression, at: Point, terms: Terms): Approximate | null {
  if (--terms.left < 0) return null
  if (e.kind === 'number') return approximate(toNumber(e.value))
  if (e.kind === 'symbol') return at.get(e.name) ?? constants.get(e.name) ?? null
  if (e.name === 'sum' || e.name === 'prod') return series(e, at, terms)
  const args: Approximate[] = []
  for (const arg of e.name === 'apply' ? e.args.slice(1) : e.args) {
    const value = valueAt(arg, at, terms)
    if (!value) return null
    args.push(value)
  }
  return operation(e, args)
}

function operation(e: Extract<Expression, { kind: 'call' }>, args: readonly Approximate[]) {
  const [a, b] = args
  switch (e.name) {
    case 'add':
    case 'mixed':
      return args.reduce(add)
    case 'neg':
      return negate(a)
    case 'mul':
      return args.reduce(multiply)
    case 'div':
      return divide(a, b)
    case 'pow':
      return power(a, b)
    case 'percent':
      return multiply(a, approximate(0.01))
    case 'degree':
      return multiply(a, approximate(Math.PI / 180, 0, 1e-17))
    case 'apply':
      return unknown(e.args[0].kind === 'symbol' ? e.args[0].name : '', args)
    case 'prime':
      return unknown("'", args)
    default:
      return functionValue(e.name, args)
  }
}

/** A sum or product over whole numbers, up to the limit. */
function series(e: Extract<Expression, { kind: 'call' }>, at: Point, terms: Terms) {
  const [body, index, lower, upper] = e.args
  const [from, to] = [valueAt(lower, at, terms), valueAt(upper, at, terms)]
  if (!from || !to || index.kind !== 'symbol') return null
  if (!isWhole(from) || !isWhole(to) || to.re - from.re > limits.range) return null
  let total: Approximate = approximate(e.name === 'sum' ? 0 : 1)
  const inside = new Map(at)
  for (let k = Math.round(from.re); k <= Math.round(to.re); k++) {
    inside.set(index.name, approximate(k))
    const term = valueAt(body, inside, terms)
    if (!term) return null
    total = e.name === 'sum' ? add(total, term) : multiply(total, term)
  }
  return total
}

function isWhole(a: Approximate): boolean {
  return a.im === 0 && Math.abs(a.re - Math.round(a.re)) <= 4 * a.error
}

/**
 * A function of which nothing is known but its name: a smooth one that depends on the name, so that
 * equal arguments give equal values and different ones do not.
 */
function unknown(name: string, args: readonly Approximate[]): Approximate | null {
  let hash = 7
  for (const letter of name) hash = (hash * 31 + letter.charCodeAt(0)) % 9973
  let value: Approximate = approximate(1 + hash / 9973)
  for (const [k, arg] of args.entries()) {
    if (modulus(arg) > 50) return null
    const phase = multiply(arg, approximate(0.3 + ((hash * (k + 1)) % 97) / 200))
    value = add(multiply(value, cosine(phase)), sine(add(phase, pi)))
  }
  return value
}
