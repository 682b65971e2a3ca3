// The exact tier: an expression as a quotient of polynomials. Two expressions whose difference comes
// to zero are equal; where what remains is made of independent atoms, they are proved different.

import type { Expression } from '../answers/answer.ts'
import { limits, TooLarge, Unparsable } from '../limits.ts'
import {
  atom,
  atomsOf,
  constant,
  constantOf,
  keyOf,
  type Polynomial,
  productOf,
  type Steps,
  scaledBy,
  sumOf,
} from './polynomial.ts'
import { integer, negative, over, power, type Rational } from './rational.ts'
import { rootOf } from './roots.ts'
import { exactFunction } from './whole-functions.ts'

/** above / below, below not zero. */
export interface Fraction {
  readonly above: Polynomial
  readonly below: Polynomial
}

const unit = constant(integer(1))

/** The normal form of an expression. Throws TooLarge, and Unparsable where it divides by zero. */
export function normalForm(e: Expression, steps: Steps = { left: limits.steps }): Fraction {
  if (e.kind === 'number') return whole(constant(e.value))
  if (e.kind === 'symbol') return whole(atom(e.name))
  const form = (arg: Expression): Fraction => normalForm(arg, steps)
  const [x, y] = e.args
  switch (e.name) {
    case 'add':
    case 'mixed':
      return e.args.map(form).reduce((a, b) => sum(a, b, steps))
    case 'neg':
      return scaled(form(x), integer(-1))
    case 'mul':
      return e.args.map(form).reduce((a, b) => product(a, b, steps))
    case 'div':
      return product(form(x), inverse(form(y)), steps)
    case 'percent':
      return scaled(form(x), { n: 1n, d: 100n })
    case 'degree':
      return product(form(x), { above: atom('pi'), below: constant(integer(180)) }, steps)
    case 'pow':
      return raised(form(x), form(y), steps)
    case 'sqrt':
      return root(form(x), integer(2), steps)
    case 'root':
      return root(form(x), constantOf(form(y).above) ?? integer(0), steps)
    default:
      return opaque(e.name, e.args.map(form), steps)
  }
}

/** True or false where two expressions are proved equal or different; null where neither is. */
export function sameExactly(
  a: Expression,
  b: Expression,
  steps: Steps = { left: limits.steps },
): boolean | null {
  const difference = sum(normalForm(a, steps), scaled(normalForm(b, steps), integer(-1)), steps)
  if (difference.above.size === 0) return true
  return [...atomsOf(difference.above)].every(isFree) ? false : null
}

/** The value of an expression that is a rational number; null for any other. */
export function rationalValue(e: Expression, steps?: Steps): Rational | null {
  const { above, below } = normalForm(e, steps)
  const [n, d] = [constantOf(above), constantOf(below)]
  return n && d && over(n, d)
}

/** A text that equal expressions mostly share, and different ones never. */
export function keyOfFraction({ above, below }: Fraction): string {
  return below === unit ? keyOf(above) : `(${keyOf(above)})/(${keyOf(below)})`
}

/** Whether a / b is a constant: equations of such sides have the same solutions. Null: cannot tell. */
export function ratioOf(a: Expression, b: Expression, steps: Steps): Rational | null {
  const [x, y] = [normalForm(a, steps).above, normalForm(b, steps).above]
  const [key, first] = [...x][0] ?? []
  const other = key === undefined ? undefined : y.get(key)
  if (!first || !other) return null
  const ratio = over(first.coefficient, other.coefficient)!
  return sumOf(x, scaledBy(y, negative(ratio))).size === 0 ? ratio : null
}

/** Symbols, i and square roots of primes satisfy no further relation. */
function isFree(name: string): boolean {
  if (/^\d+\^\(1\/2\)$/.test(name)) return true
  return !/[\^(]/.test(name) && name !== 'infty' && name !== '...'
}

function whole(above: Polynomial): Fraction {
  return { above, below: unit }
}

function sum(a: Fraction, b: Fraction, steps: Steps): Fraction {
  if (a.below === b.below || keyOf(a.below) === keyOf(b.below)) {
    return { above: sumOf(a.above, b.above), below: a.below }
  }
  const [left, right] = [productOf(a.above, b.below, steps), productOf(b.above, a.below, steps)]
  return tidy({ above: sumOf(left, right), below: productOf(a.below, b.below, steps) })
}

function product(a: Fraction, b: Fraction, steps: Steps): Fraction {
  const below = a.below === unit ? b.below : productOf(a.below, b.below, steps)
  return tidy({
    above: productOf(a.above, b.above, steps),
    below: b.below === unit ? a.below : below,
  })
}

function scaled(a: Fraction, by: Rational): Fraction {
  return { above: scaledBy(a.above, by), below: a.below }
}

function inverse({ above, below }: Fraction): Fraction {
  if (above.size === 0) throw new Unparsable('division by zero')
  return tidy({ above: below, below: above })
}

/** The denominator with leading coefficient 1, and 1 where it is a constant. */
function tidy({ above, below }: Fraction): Fraction {
  const [first] = below.values()
  const by = over(integer(1), first.coefficient)!
  const rest = constantOf(below) ? unit : scaledBy(below, by)
  return { above: scaledBy(above, by), below: rest }
}

function raised(base: Fraction, exponent: Fraction, steps: Steps): Fraction {
  const n = exponent.below === unit ? constantOf(exponent.above) : null
  if (!n) return symbolicPower(base, exponent, steps)
  if (n.d === 1n) return wholePower(base, n.n, steps)
  if (n.d > 12n) return opaque('pow', [base, exponent], steps)
  const power = wholePower(base, n.n, steps)
  const value = constantOf(power.above)
  // the principal power of a negative number is not its real root
  if (value && value.n < 0n && n.d !== 2n) return opaque('pow', [base, exponent], steps)
  return root(power, integer(n.d), steps)
}

function wholePower(base: Fraction, n: bigint, steps: Steps): Fraction {
  if (n < 0n) return wholePower(inverse(base), -n, steps)
  const value = base.below === unit ? constantOf(base.above) : null
  if (value) return whole(constant(power(value, n)!))
  if (n > 1000n) return opaque('pow', [base, whole(constant(integer(n)))], steps)
  let result = whole(unit)
  for (let k = 0n; k < n; k++) result = product(result, base, steps)
  return result
}

/** b^(c + k t) as b^c (b^t)^k, so that 2^(n + 1) is 2 * 2^n. */
function symbolicPower(base: Fraction, exponent: Fraction, steps: Steps): Fraction {
  if (exponent.below !== unit) return opaque('pow', [base, exponent], steps)
  const name = keyOfFraction(base)
  let result = whole(unit)
  for (const [key, { coefficient: c }] of exponent.above) {
    if (key === '') {
      result = product(result, raised(base, whole(constant(c)), steps), steps)
      continue
    }
    const times = Number(c.n < 0n ? -c.n : c.n)
    if (times > 1000) throw new TooLarge('exponent')
    const part = whole(atom(`(${name})^(${key}${c.d === 1n ? '' : `/${c.d}`})`, times))
    result = product(result, c.n < 0n ? inverse(part) : part, steps)
  }
  return result
}

function root({ above, below }: Fraction, degree: Rational, steps: Steps): Fraction {
  const [n, d] = [constantOf(above), constantOf(below)]
  const value = n && d && over(n, d)
  const q = degree.d === 1n ? Number(degree.n) : 0
  const exact = value && rootOf(value, q, steps)
  return exact ? whole(exact) : opaque('root', [{ above, below }, whole(constant(degree))], steps)
}

function opaque(name: string, args: readonly Fraction[], steps: Steps): Fraction {
  const values = args.map(arg => (arg.below === unit ? constantOf(arg.above) : null))
  if (/^(factorial|binom)/.test(name) && values[0])
    steps.left -= 2 * Math.min(4000, Number(values[0].n))
  const exact = values.every(value => value !== null)
    ? exactFunction(name, values as Rational[])
    : null
  if (exact) return whole(constant(exact))
  return whole(atom(`${name}(${args.map(keyOfFraction).join(';')})`))
}
