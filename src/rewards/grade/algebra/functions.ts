// Functions at complex points to any precision. Null: not defined, not known, or not decided by the bounds.

import {
  add,
  type Complex,
  divide,
  half,
  i,
  isNonZero,
  isReal,
  log,
  modulus,
  multiply,
  negate,
  one,
  power,
  real,
  squareRoot,
  type Value,
  waves,
  wholeOf,
} from './complex.ts'
import { angle } from './elementary.ts'
import { exact, fixed, isApart, mostOf, nought, type Real, realOf } from './real.ts'
import { exactFunction } from './whole-functions.ts'

/** f(args); null where it is undefined or f is unknown. */
export function functionValue(name: string, args: readonly Complex[], p: number): Value {
  const whole = counted.has(name) ? args.map(wholeOf) : []
  if (whole.length > 0) {
    if (whole.some(n => n === null)) return null
    const value = exactFunction(
      name,
      whole.map(n => ({ n: n!, d: 1n })),
    )
    return value && real(realOf(value, p))
  }
  const found = Object.hasOwn(table, name) ? table[name] : null
  return found && args.length > 0 ? found(args[0], args[1] ?? one, p) : null
}

const counted = new Set(['factorial', 'factorial2', 'binom', 'gcd', 'lcm'])

type Rule = (a: Complex, b: Complex, p: number) => Value

const then = (value: Value, next: (value: Complex) => Value): Value => value && next(value)
const less = (a: Complex, b: Complex, p: number) => add(a, negate(b), p)
const wave =
  (choose: (c: Complex, s: Complex, p: number) => Value): Rule =>
  (a, _, p) => {
    const both = waves(a, p)
    return both && choose(both[0], both[1], p)
  }
/** cosh a and sinh a are cos ia and -i sin ia. */
const bow =
  (choose: (c: Complex, s: Complex, p: number) => Value): Rule =>
  (a, _, p) => {
    const both = waves(multiply(i, a, p), p)
    return both && choose(both[0], negate(multiply(i, both[1], p)), p)
  }

const table: Readonly<Record<string, Rule>> = {
  sin: wave((_, s) => s),
  cos: wave(c => c),
  tan: wave((c, s, p) => divide(s, c, p)),
  cot: wave((c, s, p) => divide(c, s, p)),
  sec: wave((c, _, p) => divide(one, c, p)),
  csc: wave((_, s, p) => divide(one, s, p)),
  sinh: bow((_, s) => s),
  cosh: bow(c => c),
  tanh: bow((c, s, p) => divide(s, c, p)),
  coth: bow((c, s, p) => divide(c, s, p)),
  sech: bow((c, _, p) => divide(one, c, p)),
  csch: bow((_, s, p) => divide(one, s, p)),
  arcsin: (a, _, p) => then(arccosine(a, p), c => less(half(p), c, p)),
  arccos: (a, _, p) => arccosine(a, p),
  arctan: (a, _, p) => arctangent(a, p),
  arccot: (a, _, p) => then(arctangent(a, p), t => less(half(p), t, p)),
  ln: (a, _, p) => log(a, p),
  log: (a, b, p) => then(log(a, p), x => then(log(b, p), y => divide(x, y, p))),
  abs: (a, _, p) => realOrNull(modulus(a, p)),
  arg: (a, _, p) => realOrNull(angle(a.im, a.re, p)),
  floor: (a, _, p) => whole(a, p, false),
  ceil: (a, _, p) => whole(a, p, true),
  root: (a, n, p) => nthRoot(a, n, p),
  sqrt: (a, _, p) => squareRoot(a, p),
  Re: a => real(a.re),
  Im: a => real(a.im),
  max: (a, b, p) => larger(a, b, p, true),
  min: (a, b, p) => larger(a, b, p, false),
  mod: (a, b, p) =>
    then(divide(a, b, p), q => then(whole(q, p, false), f => less(a, multiply(b, f, p), p))),
}

function realOrNull(value: Real | null): Value {
  return value && real(value)
}

/** arccos z = -i log(z + i sqrt(1 - z^2)): of a real z between -1 and 1, an angle. */
function arccosine(z: Complex, p: number): Value {
  const root = squareRoot(less(one, multiply(z, z, p), p), p)
  if (!root) return null
  if (isReal(z) && isReal(root)) return realOrNull(angle(root.re, z.re, p))
  return then(log(add(z, multiply(i, root, p), p), p), l => negate(multiply(i, l, p)))
}

/** arctan z = (i / 2) (log(1 - iz) - log(1 + iz)). */
function arctangent(z: Complex, p: number): Value {
  if (isReal(z)) return realOrNull(angle(z.re, one.re, p))
  const iz = multiply(i, z, p)
  const halfI: Complex = { re: nought, im: { m: 1n, e: -1, r: exact } }
  return then(log(less(one, iz, p), p), x =>
    then(log(add(one, iz, p), p), y => multiply(halfI, less(x, y, p), p)),
  )
}

/** The whole number below or above; null where its bound holds one, unless it is that one. */
function whole(a: Complex, p: number, up: boolean): Value {
  if (!isReal(a)) return null
  const value = up ? { ...a.re, m: -a.re.m } : a.re
  const floor = value.e < -2 * p - 4096 ? (value.m < 0n ? -1n : 0n) : fixed(value, 0)
  if (value.r !== exact) {
    if (mostOf(value) > p || value.e >= 0) return null
    const [low, high] = [0n, 1n].map(n => ({
      m: value.m - ((floor + n) << BigInt(-value.e)),
      e: value.e,
      r: value.r,
    }))
    if (!isApart(low) || !isApart(high)) return null
  }
  return real({ m: up ? -floor : floor, e: 0, r: exact })
}

function larger(a: Complex, b: Complex, p: number, max: boolean): Value {
  if (!isReal(a) || !isReal(b)) return null
  const difference = less(a, b, p)
  if (!isNonZero(difference)) return difference.re.r === exact ? a : null
  return difference.re.m > 0n === max ? a : b
}

/** The real root of a real number where the degree is odd, else the principal one. */
function nthRoot(a: Complex, n: Complex, p: number): Value {
  const degree = wholeOf(n)
  const odd = degree !== null && degree % 2n !== 0n
  if (odd && isReal(a) && a.re.m < 0n) return then(nthRoot(negate(a), n, p), negate)
  return then(divide(one, n, p), exponent => power(a, exponent, p))
}
