// Two values, compared to a precision that grows until a difference is certain or nothing is left that
// could explain one.

import { call, type Expression } from '../answers/answer.ts'
import { add, isNonZero, largest, magnitude, negate } from './complex.ts'
import { type Evaluation, evaluate, isComplex, type Point } from './evaluate.ts'
import type { Steps } from './polynomial.ts'
import { isNought, nought, numberOf } from './real.ts'
import { leastSize } from './separation.ts'

/**
 * What became of a comparison. `proved`: no number of this kind is as small as their difference and not 0.
 * `agreed`: alike to more digits than all that was written could hide. `undecided`: alike as far as the
 * budget reached. `undefined`: no values to compare.
 */
export type Decision = 'proved' | 'agreed' | 'different' | 'undecided' | 'undefined'

const first = 128 // bits of the first try
const last = 12_000 // bits of the last
const unresolved = 512 // bits past which a value that is still unknown stays so

/** What a comparison asks for. */
export interface Rule {
  /** How many bits beyond those that were met must agree. */
  readonly times: number
  /** log2 of the least difference there can be; null where that is not known. */
  readonly least: number | null
  /** Whether only real values are compared. */
  readonly real: boolean
}

/** What becomes of comparing two expressions at a point. */
export function decided(
  a: Expression,
  b: Expression,
  at: Point,
  steps: Steps,
  rule: Rule,
): Decision {
  for (let p = first; ; ) {
    const to: Evaluation = { precision: p, steps, spread: 0 }
    const x = evaluate(a, at, to)
    const y = x && evaluate(b, at, to)
    if (!x || !y) {
      if (p >= unresolved) return 'undefined'
      p *= 4
      continue
    }
    if (rule.real && (isComplex(x) || isComplex(y))) return 'undefined'
    const difference = add(x, negate(y), 2 * p)
    if (isNonZero(difference)) return 'different'
    if (isNought(difference.re) && isNought(difference.im)) return 'proved'
    const apart = largest(difference)
    if (rule.least !== null && apart < rule.least) return 'proved'
    const scale = Math.max(magnitude(x), magnitude(y))
    const needed = 64 + rule.times * to.spread
    if (
      apart < (Number.isFinite(scale) ? scale : 0) - needed &&
      (rule.least === null || rule.least < -last)
    )
      return 'agreed'
    const wanted = rule.least !== null && rule.least > -last ? -rule.least : needed
    const next = Math.max(2 * p, Math.min(last, Math.ceil(wanted) + 96))
    if (p >= last) return 'undecided'
    p = Math.min(next, last)
  }
}

/** Two numbers: proved the same where both are algebraic. */
export function sameConstants(a: Expression, b: Expression, steps: Steps): Decision {
  const least = leastSize(call('add', a, call('neg', b)), steps)
  return decided(a, b, new Map(), steps, { times: 4, least, real: false })
}

/** A number that is written without symbols, as a double; null where it has no real value. */
export function numberFor(e: Expression): number | null {
  const value = evaluate(e, new Map(), { precision: first, steps: { left: 20_000 }, spread: 0 })
  if (!value || isComplex(value)) return null
  return numberOf(value.re)
}

/** -1, 0 or 1 as the number a is below, at or above b; null where that stays undecided, or is not defined. */
export function order(a: Expression, b: Expression, steps: Steps): -1 | 0 | 1 | null {
  const found = sameConstants(a, b, steps)
  if (found === 'proved' || found === 'agreed') return 0
  if (found !== 'different') return null
  for (let p = first; p <= last; p *= 2) {
    const to: Evaluation = { precision: p, steps, spread: 0 }
    const [x, y] = [evaluate(a, new Map(), to), evaluate(b, new Map(), to)]
    if (!x || !y) continue
    if (isComplex(x) || isComplex(y)) return null
    const { re } = add(x, negate(y), 2 * p)
    if (isNonZero({ re, im: nought })) return re.m > 0n ? 1 : -1
  }
  return null
}
