// Roots of rational numbers as a rational number times roots of primes.

import { atom, constant, type Polynomial, productOf, type Steps } from './polynomial.ts'
import { integer, power, quotient, type Rational } from './rational.ts'

const largestDivisor = 10_000n

/**
 * The q-th root of a number, real where there is a real one, i times a real one for square roots of
 * negative numbers. Null where the number is too large to be factored, or the root has no such form.
 */
export function rootOf(value: Rational, q: number, steps: Steps): Polynomial | null {
  if (value.n === 0n) return constant(integer(0))
  if (q < 2 || q > 12) return null
  const negative = value.n < 0n
  if (negative && q % 2 === 0 && q !== 2) return null
  const size = negative ? -value.n : value.n
  const radicand = size * value.d ** BigInt(q - 1) // root(n / d) = root(n d^(q - 1)) / d
  const factors = primeFactors(radicand)
  if (!factors) return null
  let outside = quotient(negative && q % 2 === 1 ? -1n : 1n, value.d)!
  let root: Polynomial = negative && q === 2 ? atom('i') : constant(integer(1))
  for (const [prime, exponent] of factors) {
    const whole = power(integer(prime), BigInt(Math.floor(exponent / q)))!
    outside = { n: outside.n * whole.n, d: outside.d }
    if (exponent % q > 0) root = productOf(root, atom(`${prime}^(1/${q})`, exponent % q), steps)
  }
  return productOf(root, constant(quotient(outside.n, outside.d)!), steps)
}

function primeFactors(value: bigint): [bigint, number][] | null {
  if (value > 10n ** 24n) return null
  const factors: [bigint, number][] = []
  let rest = value
  for (let p = 2n; p <= largestDivisor && p * p <= rest; p += p === 2n ? 1n : 2n) {
    let exponent = 0
    for (; rest % p === 0n; rest /= p) exponent++
    if (exponent > 0) factors.push([p, exponent])
  }
  if (rest > largestDivisor * largestDivisor) return null // perhaps no prime
  return rest === 1n ? factors : [...factors, [rest, 1]]
}
