// Complex numbers of two reals with their bounds. Every function takes the precision it works at; null
// where a value is undefined, or where its bound does not tell which one it is.

import { angle, exp as expReal, ln, piReal, turn } from './elementary.ts'
import type { Rational } from './rational.ts'
import {
  exact,
  isApart,
  isNought,
  joint,
  minus,
  mostOf,
  negative,
  nought,
  over,
  plus,
  type Real,
  realOf,
  rootOf,
  sizeOf,
  times,
  unit,
} from './real.ts'

export interface Complex {
  readonly re: Real
  readonly im: Real
}
export type Value = Complex | null

export const one: Complex = { re: unit, im: nought }
export const i: Complex = { re: nought, im: unit }

export function real(re: Real): Complex {
  return { re, im: nought }
}

export function complexOf(value: Rational, p: number): Complex {
  return real(realOf(value, p))
}

export function isReal(a: Complex): boolean {
  return isNought(a.im)
}

/** Whether the value is certainly not 0. */
export function isNonZero(a: Complex): boolean {
  return isApart(a.re) || isApart(a.im)
}

/** A bound on log2 of the value's size. */
export function largest(a: Complex): number {
  return joint(mostOf(a.re), mostOf(a.im))
}

/** log2 of the value's size, about. */
export function magnitude(a: Complex): number {
  return Math.max(sizeOf(a.re), sizeOf(a.im))
}

export function add(a: Complex, b: Complex, p: number): Complex {
  return { re: plus(a.re, b.re, p), im: plus(a.im, b.im, p) }
}

export function negate(a: Complex): Complex {
  return { re: negative(a.re), im: negative(a.im) }
}

export function multiply(a: Complex, b: Complex, p: number): Complex {
  if (isReal(a)) return { re: times(a.re, b.re, p), im: times(a.re, b.im, p) }
  if (isReal(b)) return { re: times(a.re, b.re, p), im: times(a.im, b.re, p) }
  return {
    re: minus(times(a.re, b.re, p), times(a.im, b.im, p), p),
    im: plus(times(a.re, b.im, p), times(a.im, b.re, p), p),
  }
}

/** a / b; null where b may be 0. */
export function divide(a: Complex, b: Complex, p: number): Value {
  if (isReal(b)) {
    const [re, im] = [over(a.re, b.re, p), over(a.im, b.re, p)]
    return re && im && { re, im }
  }
  const square = plus(times(b.re, b.re, p), times(b.im, b.im, p), p)
  const above = multiply(a, { re: b.re, im: negative(b.im) }, p)
  const [re, im] = [over(above.re, square, p), over(above.im, square, p)]
  return re && im && { re, im }
}

export function modulus(a: Complex, p: number): Real | null {
  if (isReal(a)) return a.re.m < 0n ? negative(a.re) : a.re
  return rootOf(plus(times(a.re, a.re, p), times(a.im, a.im, p), p), p)
}

/** e^a. */
export function exp(a: Complex, p: number): Value {
  const size = expReal(a.re, p)
  if (!size || isReal(a)) return size && real(size)
  const around = turn(a.im, p)
  return around && { re: times(size, around[0], p), im: times(size, around[1], p) }
}

/** The principal logarithm. */
export function log(a: Complex, p: number): Value {
  const size = modulus(a, p)
  const re = size && ln(size, p)
  const im = re && angle(a.im, a.re, p)
  return re && im && { re, im }
}

/** a to a whole power, by repeated squaring. */
export function wholePower(a: Complex, n: number, p: number): Value {
  if (n < 0) {
    const under = wholePower(a, -n, p)
    return under && divide(one, under, p)
  }
  let [result, square] = [one, a]
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, square, p)
    if (rest > 1) square = multiply(square, square, p)
  }
  return result
}

const mostSquarings = 1024

/** The whole number that a value is without error; null for any other. */
export function wholeOf({ re, im }: Complex): bigint | null {
  if (!isNought(im) || re.r !== exact) return null
  if (re.e >= 0) return re.e > 4096 ? null : re.m << BigInt(re.e)
  if (re.e < -4096) return null
  const value = re.m >> BigInt(-re.e)
  return value << BigInt(-re.e) === re.m ? value : null
}

/** a^b, on the principal branch. */
export function power(a: Complex, b: Complex, p: number): Value {
  const n = wholeOf(b)
  if (n !== null && n >= -mostSquarings && n <= mostSquarings) return wholePower(a, Number(n), p)
  if (isNought(a.re) && isNought(a.im))
    return b.re.m > 0n && isReal(b) ? { re: nought, im: nought } : null
  if (n !== null && isReal(a) && isApart(a.re)) {
    const logarithm = ln(a.re.m < 0n ? negative(a.re) : a.re, p)
    const size = logarithm && expReal(times(logarithm, b.re, p), p)
    return size && real(a.re.m < 0n && n % 2n !== 0n ? negative(size) : size)
  }
  const logarithm = log(a, p)
  return logarithm && exp(multiply(b, logarithm, p), p)
}

/** The principal square root. */
export function squareRoot(a: Complex, p: number): Value {
  if (!isNonZero(a)) {
    const r = largest(a) / 2
    const some = r === exact ? nought : { m: 0n, e: 0, r }
    return { re: some, im: some }
  }
  if (isReal(a)) {
    const root = rootOf(a.re.m < 0n ? negative(a.re) : a.re, p)
    return root && (a.re.m < 0n ? { re: nought, im: root } : real(root))
  }
  const logarithm = log(a, p)
  return logarithm && exp({ re: halved(logarithm.re), im: halved(logarithm.im) }, p)
}

function halved(a: Real): Real {
  return { m: a.m, e: a.e - 1, r: a.r - 1 }
}

/** [cos a, sin a]. */
export function waves(a: Complex, p: number): [Complex, Complex] | null {
  const around = turn(a.re, p)
  if (!around || isReal(a)) return around && [real(around[0]), real(around[1])]
  const [up, down] = [expReal(a.im, p), expReal(negative(a.im), p)]
  if (!up || !down) return null
  const [cosh, sinh] = [halved(plus(up, down, p)), halved(minus(up, down, p))]
  const [c, s] = around
  return [
    { re: times(c, cosh, p), im: negative(times(s, sinh, p)) },
    { re: times(s, cosh, p), im: times(c, sinh, p) },
  ]
}

export function half(p: number): Complex {
  return real(halved(piReal(p)))
}
