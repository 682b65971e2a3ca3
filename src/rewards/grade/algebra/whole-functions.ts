// Functions whose values at rational numbers are rational.

import { compare, factorial, integer, quotient, type Rational, size } from './rational.ts'

/** f(args) where it is rational; null where it is not, or is not defined. */
export function exactFunction(name: string, args: readonly Rational[]): Rational | null {
  const [a, b] = args
  switch (name) {
    case 'abs':
      return size(a)
    case 'floor':
      return integer(floor(a))
    case 'ceil':
      return integer(-floor({ n: -a.n, d: a.d }))
    case 'max':
    case 'min':
      return args.reduce((x, y) => (compare(x, y) > 0 === (name === 'max') ? x : y))
    case 'factorial':
      return a.d === 1n && a.n >= 0n ? integer(factorial(a.n)) : null
    case 'factorial2':
      return a.d === 1n && a.n >= 0n && a.n < 1000n ? integer(double(a.n)) : null
    case 'binom':
      return a.d === 1n && b.d === 1n && a.n >= 0n ? binomial(a.n, b.n) : null
    case 'mod':
      return b.n === 0n ? null : modulo(a, b)
    case 'gcd':
    case 'lcm':
      return args.every(x => x.d === 1n && x.n > 0n)
        ? integer(args.map(x => x.n).reduce(name === 'gcd' ? gcd : lcm))
        : null
    default:
      return null
  }
}

function floor({ n, d }: Rational): bigint {
  const whole = n / d
  return n < 0n && n % d !== 0n ? whole - 1n : whole
}

function modulo(a: Rational, b: Rational): Rational {
  const times = floor(quotient(a.n * b.d, a.d * b.n)!)
  return quotient(a.n * b.d - times * b.n * a.d, a.d * b.d)!
}

function double(n: bigint): bigint {
  let product = 1n
  for (let k = n; k > 1n; k -= 2n) product *= k
  return product
}

function binomial(n: bigint, k: bigint): Rational {
  if (k < 0n || k > n) return integer(0)
  return integer(factorial(n) / (factorial(k) * factorial(n - k)))
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b)
}

function lcm(a: bigint, b: bigint): bigint {
  return (a / gcd(a, b)) * b
}
