// Real numbers to any precision, each with a bound on its error: a value is m 2^e, at most 2^r away from
// the true one. Precision is an argument, so that a comparison can ask for more until it is decided.

import type { Rational } from './rational.ts'

/** m 2^e, at most 2^r from the true value; r is -Infinity where the value is exact. */
export interface Real {
  readonly m: bigint
  readonly e: number
  readonly r: number
}

export const exact = -Infinity
export const nought: Real = { m: 0n, e: 0, r: exact }
export const unit: Real = { m: 1n, e: 0, r: exact }

/** At least the length of a whole number in bits, by up to three. */
export function bitsOf(n: bigint): number {
  if (n === 0n) return 0
  return (n < 0n ? -n : n).toString(16).length * 4
}

/** log2 |n|, to a few units of the last place; -Infinity for 0. */
export function logOf(n: bigint): number {
  const size = n < 0n ? -n : n
  const shift = Math.max(0, bitsOf(size) - 60)
  return Math.log2(Number(size >> BigInt(shift))) + shift
}

/** A bound on log2(2^a + 2^b). */
export function joint(a: number, b: number): number {
  if (a === exact) return b
  if (b === exact) return a
  const [high, low] = a > b ? [a, b] : [b, a]
  const sum = high + Math.log1p(2 ** (low - high)) / Math.LN2
  return sum + 1e-9 + 1e-13 * Math.abs(sum)
}

/** log2 of the value's size, without its error. */
export function sizeOf(a: Real): number {
  return logOf(a.m) + a.e
}

/** A bound on log2 of the true value's size. */
export function mostOf(a: Real): number {
  return joint(sizeOf(a), a.r)
}

/** Whether the true value is certainly not 0. */
export function isApart(a: Real): boolean {
  if (a.m === 0n) return false
  return a.r === exact || sizeOf(a) > a.r + 1e-6 + 1e-12 * Math.abs(a.r)
}

/** Whether the value is 0 without any error. */
export function isNought(a: Real): boolean {
  return a.m === 0n && a.r === exact
}

/** The value with at most p bits. */
export function rounded(m: bigint, e: number, r: number, p: number): Real {
  const over = bitsOf(m) - p
  if (over <= 0) return { m, e, r }
  const kept = m >> BigInt(over)
  return { m: kept, e: e + over, r: kept << BigInt(over) === m ? r : joint(r, e + over) }
}

export function realOf(value: Rational, p: number): Real {
  if (value.d === 1n) return rounded(value.n, 0, exact, p)
  return over({ m: value.n, e: 0, r: exact }, { m: value.d, e: 0, r: exact }, p)!
}

export function plus(a: Real, b: Real, p: number): Real {
  if (a.m === 0n) return { ...b, r: joint(a.r, b.r) }
  if (b.m === 0n) return { ...a, r: joint(a.r, b.r) }
  const [low, high] = a.e < b.e ? [a, b] : [b, a]
  const gap = high.e - low.e
  const r = joint(a.r, b.r)
  // what lies below all digits that are kept is error
  if (gap > 2 * p + bitsOf(low.m)) return { ...high, r: joint(r, sizeOf(low)) }
  return rounded((high.m << BigInt(gap)) + low.m, low.e, r, p)
}

export function negative(a: Real): Real {
  return { m: -a.m, e: a.e, r: a.r }
}

export function minus(a: Real, b: Real, p: number): Real {
  return plus(a, negative(b), p)
}

export function times(a: Real, b: Real, p: number): Real {
  if (isNought(a) || isNought(b)) return nought
  const r = joint(mostOf(a) + b.r, sizeOf(b) + a.r)
  return rounded(a.m * b.m, a.e + b.e, Number.isNaN(r) ? joint(a.r, b.r) : r, p)
}

/** a / b; null where b may be 0. */
export function over(a: Real, b: Real, p: number): Real | null {
  const least = sizeOf(b)
  if (!(b.m !== 0n && b.r < least - 1)) return null
  if (isNought(a)) return nought
  const shift = Math.max(0, p + bitsOf(b.m) - bitsOf(a.m) + 4)
  const above = a.m << BigInt(shift)
  const m = above / b.m
  const e = a.e - b.e - shift
  const carried = joint(a.r, mostOf(a) - least + 1 + b.r) - least + 1
  return rounded(
    m,
    e,
    joint(m * b.m === above ? exact : e, Number.isNaN(carried) ? exact : carried),
    p,
  )
}

/** The square root of a value that is certainly positive, or 0; null where it may be negative. */
export function rootOf(a: Real, p: number): Real | null {
  if (isNought(a)) return nought
  const size = sizeOf(a)
  if (a.m < 0n || !(a.r < size - 1)) return null
  let shift = Math.max(0, 2 * p + 4 - bitsOf(a.m))
  if ((a.e - shift) % 2 !== 0) shift++
  const m = floorRoot(a.m << BigInt(shift))
  const e = (a.e - shift) / 2
  const whole = m * m === a.m << BigInt(shift)
  return rounded(m, e, joint(whole ? exact : e, a.r - size / 2), p)
}

/** The largest whole number whose square is at most n. */
export function floorRoot(n: bigint): bigint {
  if (n < 2n) return n
  let guess = 1n << BigInt((bitsOf(n) >> 1) + 1)
  for (;;) {
    const next = (guess + n / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

/** The value as a double: 0 or infinite where it is outside their range. */
export function numberOf(a: Real): number {
  const shift = Math.max(0, bitsOf(a.m) - 64)
  return Number(a.m >> BigInt(shift)) * 2 ** (a.e + shift)
}

/** The value times 2^w as a whole number, rounded down. */
export function fixed(a: Real, w: number): bigint {
  const shift = a.e + w
  return shift >= 0 ? a.m << BigInt(shift) : a.m >> BigInt(-shift)
}
