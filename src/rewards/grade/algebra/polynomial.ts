// Polynomials with exact coefficients in atoms: symbols, i, square roots of primes, and whatever else
// cannot be taken apart. i^2 = -1 and (square root of p)^2 = p are applied as terms are multiplied.

import { limits, TooLarge } from '../limits.ts'
import { integer, one, plus, power, type Rational, times } from './rational.ts'

type Powers = readonly (readonly [atom: string, exponent: number])[] // sorted by atom
interface Term {
  readonly coefficient: Rational // never 0
  readonly powers: Powers
}

/** Terms by the text of their powers. */
export type Polynomial = ReadonlyMap<string, Term>

/** How many products of terms, and operations on numbers, may still be made, and until when. */
export interface Steps {
  left: number
  /** When performance.now() has passed this, nothing more is done. */
  readonly until?: number
  since?: number
}

/** Counts steps. Throws TooLarge where the budget, or its time, has ended. */
export function spendSteps(steps: Steps, count: number): void {
  steps.left -= count
  if (steps.left < 0) throw new TooLarge('steps')
  if (steps.until === undefined) return
  steps.since = (steps.since ?? 0) + count
  if (steps.since < 64) return
  steps.since = 0
  if (performance.now() > steps.until) {
    steps.left = -1
    throw new TooLarge('time')
  }
}

export function constant(value: Rational): Polynomial {
  return value.n === 0n ? new Map() : new Map([['', { coefficient: value, powers: [] }]])
}

/** atom ^ exponent, exponent > 0. */
export function atom(name: string, exponent = 1): Polynomial {
  return reduced(one, [[name, exponent]])
}

/** The value of a polynomial without atoms; null for any other. */
export function constantOf(p: Polynomial): Rational | null {
  if (p.size === 0) return integer(0)
  return p.size === 1 && p.has('') ? p.get('')!.coefficient : null
}

export function sumOf(a: Polynomial, b: Polynomial): Polynomial {
  const sum = new Map(a)
  for (const [key, term] of b) addTerm(sum, key, term)
  if (sum.size > limits.terms) throw new TooLarge('terms')
  return sum
}

export function productOf(a: Polynomial, b: Polynomial, steps: Steps): Polynomial {
  spendSteps(steps, a.size * b.size)
  const product = new Map<string, Term>()
  for (const x of a.values()) {
    for (const y of b.values()) {
      const coefficient = times(x.coefficient, y.coefficient)
      const reducedTerm = reduced(coefficient, merged(x.powers, y.powers))
      for (const [key, term] of reducedTerm) addTerm(product, key, term)
    }
    if (product.size > limits.terms) throw new TooLarge('terms')
  }
  return product
}

export function scaledBy(a: Polynomial, by: Rational): Polynomial {
  if (by.n === 0n) return new Map()
  return new Map(
    [...a].map(([key, { coefficient, powers }]) => [
      key,
      { coefficient: times(coefficient, by), powers },
    ]),
  )
}

/** The names of the atoms that occur. */
export function atomsOf(p: Polynomial): Set<string> {
  return new Set([...p.values()].flatMap(term => term.powers.map(([name]) => name)))
}

/** A text that equal polynomials share. */
export function keyOf(p: Polynomial): string {
  return [...p]
    .map(([key, { coefficient: c }]) => `${c.n}${c.d === 1n ? '' : `/${c.d}`}${key && `*${key}`}`)
    .sort()
    .join('+')
}

function addTerm(to: Map<string, Term>, key: string, term: Term): void {
  const there = to.get(key)
  if (!there) {
    to.set(key, term)
    return
  }
  const coefficient = plus(there.coefficient, term.coefficient)
  if (coefficient.n === 0n) to.delete(key)
  else to.set(key, { coefficient, powers: there.powers })
}

function merged(a: Powers, b: Powers): Powers {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const exponents = new Map(a)
  for (const [name, exponent] of b) exponents.set(name, (exponents.get(name) ?? 0) + exponent)
  return [...exponents].sort(([x], [y]) => (x < y ? -1 : 1))
}

/** A term with i and the roots of primes taken to their lowest powers. */
function reduced(coefficient: Rational, powers: Powers): Polynomial {
  let value = coefficient
  const kept: [string, number][] = []
  for (const [name, exponent] of powers) {
    const root = /^(i|(\d+)\^\(1\/(\d+)\))$/.exec(name)
    if (!root) {
      kept.push([name, exponent])
      continue
    }
    const degree = root[2] ? Number(root[3]) : 2
    const base = root[2] ? integer(BigInt(root[2])) : integer(-1)
    value = times(value, power(base, BigInt(Math.floor(exponent / degree)))!)
    if (exponent % degree > 0) kept.push([name, exponent % degree])
  }
  const key = kept
    .map(([name, exponent]) => (exponent === 1 ? name : `${name}^${exponent}`))
    .join('*')
  return value.n === 0n ? new Map() : new Map([[key, { coefficient: value, powers: kept }]])
}
