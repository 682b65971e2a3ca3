// Exact numbers. Nothing is rounded anywhere, and no number grows past its limit.

import { limits, TooLarge } from '../limits.ts'

const longest = 4096 // bits of a fraction that is brought to lowest terms

/** A number n / d, d > 0, in lowest terms unless it is long; whole numbers have d = 1. */
export interface Rational {
  readonly n: bigint
  readonly d: bigint
}

export const zero: Rational = { n: 0n, d: 1n }
export const one: Rational = { n: 1n, d: 1n }

/** n / d; null where d is 0. */
export function quotient(n: bigint, d: bigint): Rational | null {
  if (d === 0n) return null
  if (n % d === 0n) return { n: n / d, d: 1n }
  // Euclid's algorithm is quadratic in the digits: long fractions stay as they are
  if (bitsOf(n) + bitsOf(d) > longest) return d < 0n ? { n: -n, d: -d } : { n, d }
  const g = gcd(n < 0n ? -n : n, d < 0n ? -d : d)
  const sign = d < 0n ? -1n : 1n
  return g === 1n && sign === 1n ? { n, d } : { n: (sign * n) / g, d: (sign * d) / g }
}

/** A whole number. */
export function integer(value: number | bigint): Rational {
  return { n: BigInt(value), d: 1n }
}

export function plus(a: Rational, b: Rational): Rational {
  if (a.d === b.d && a.d === 1n) return { n: a.n + b.n, d: 1n }
  return bounded(quotient(a.n * b.d + b.n * a.d, a.d * b.d)!)
}

export function times(a: Rational, b: Rational): Rational {
  if (a.d === 1n && b.d === 1n) return bounded({ n: a.n * b.n, d: 1n })
  return bounded(quotient(a.n * b.n, a.d * b.d)!)
}

export function minus(a: Rational, b: Rational): Rational {
  return plus(a, negative(b))
}

export function negative(a: Rational): Rational {
  return { n: -a.n, d: a.d }
}

/** a / b; null where b is 0. */
export function over(a: Rational, b: Rational): Rational | null {
  const value = quotient(a.n * b.d, a.d * b.n)
  return value && bounded(value)
}

/** a to a whole power; null for 0 to a negative one. Refuses powers past the limit unseen. */
export function power(a: Rational, exponent: bigint): Rational | null {
  if (exponent < 0n) {
    const inverse = quotient(a.d, a.n)
    return inverse && power(inverse, -exponent)
  }
  const unit = (a.n === 1n || a.n === -1n || a.n === 0n) && a.d === 1n
  if (!unit && exponent * BigInt(bits(a)) > BigInt(limits.bits)) throw new TooLarge('power')
  const e = unit ? (exponent === 0n ? 0n : exponent % 2n === 0n ? 2n : 1n) : exponent
  return { n: a.n ** e, d: a.d ** e }
}

export function same(a: Rational, b: Rational): boolean {
  return a.n * b.d === b.n * a.d
}

/** -1, 0 or 1 as a is below, at or above b. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.n * b.d - b.n * a.d
  return difference === 0n ? 0 : difference < 0n ? -1 : 1
}

export function size(a: Rational): Rational {
  return a.n < 0n ? negative(a) : a
}

/** The nearest double; infinite where it is larger than any. */
export function toNumber({ n, d }: Rational): number {
  const direct = Number(n) / Number(d)
  if (Number.isFinite(direct) && (direct !== 0 || n === 0n)) return direct
  const shift = BigInt(bitsOf(n) - bitsOf(d) - 64)
  const scaled = shift >= 0n ? n / (d << shift) : (n << -shift) / d
  return Number(scaled) * 2 ** Number(shift)
}

/** A decimal or whole number as written, `12.50` or `4.5e33`; null for any other text. */
export function readDecimal(text: string): Rational | null {
  if (text.length > limits.digits) throw new TooLarge('digits')
  const parts = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text)
  if (!parts || parts[2].length + parts[3].length === 0) return null
  const n = BigInt(parts[2] + parts[3]) * (parts[1] === '-' ? -1n : 1n)
  const exponent = Number(parts[4] ?? 0) - parts[3].length
  if (Math.abs(exponent) > limits.bits / 4) throw new TooLarge('exponent')
  const scale = 10n ** BigInt(Math.abs(exponent))
  return exponent >= 0 ? { n: n * scale, d: 1n } : quotient(n, scale)
}

/** n! up to 3,000. */
export function factorial(n: bigint): bigint {
  if (n > 3000n) throw new TooLarge('factorial')
  let product = 1n
  for (let k = 2n; k <= n; k++) product *= k
  return product
}

function bounded(a: Rational): Rational {
  if (bits(a) > limits.bits) throw new TooLarge('number')
  return a
}

function bits({ n, d }: Rational): number {
  return Math.max(bitsOf(n), bitsOf(d))
}

function bitsOf(n: bigint): number {
  if (n >= -9007199254740991n && n <= 9007199254740991n) {
    return Math.ceil(Math.log2(Math.abs(Number(n)) + 1))
  }
  return (n < 0n ? -n : n).toString(16).length * 4
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}
