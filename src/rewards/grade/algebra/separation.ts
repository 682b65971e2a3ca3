// How small an algebraic number can be without being 0: what lies below is a proof of equality
// (Burnikel, Funke, Mehlhorn, Schirra and Schmitt, "A separation bound for real algebraic expressions").

import { type Expression, written } from '../answers/answer.ts'
import { TooLarge, Unparsable } from '../limits.ts'
import { normalForm } from './normal-form.ts'
import { constantOf, type Steps } from './polynomial.ts'
import type { Rational } from './rational.ts'
import { joint, logOf } from './real.ts'

/** log2 of bounds on the conjugates of a number written as a quotient of algebraic integers. */
interface Bounds {
  readonly above: number
  readonly below: number
}

/** log2 of the least size of a number that is not 0; null where it is not known to be algebraic. */
export function leastSize(e: Expression, steps: Steps): number | null {
  const degrees = new Map<string, number>()
  const bounds = boundsOf(e, degrees, steps)
  if (!bounds) return null
  const degree = [...degrees.values()].reduce((a, b) => a * b, 1)
  return -(bounds.below + Math.max(0, bounds.above) * (degree - 1)) - 1
}

function boundsOf(e: Expression, degrees: Map<string, number>, steps: Steps): Bounds | null {
  if (e.kind === 'number') return { above: sizeOf(e.value.n), below: sizeOf(e.value.d) }
  if (e.kind === 'symbol')
    return e.name === 'i' ? rooted({ above: 0, below: 0 }, 2, 'i', degrees) : null
  if (/^(sin|cos|tan|cot|sec|csc)$/.test(e.name)) return waveBounds(e, degrees, steps)
  if (e.name === 'pow') return powerBounds(e, degrees, steps)
  if (e.name === 'root' || e.name === 'sqrt') {
    const degree = e.name === 'sqrt' ? { n: 2n, d: 1n } : rationalOf(e.args[1], steps)
    const under = boundsOf(e.args[0], degrees, steps)
    return under && degree?.d === 1n && degree.n > 0n
      ? rooted(under, Number(degree.n), written(e), degrees)
      : null
  }
  const parts = e.args.map(arg => boundsOf(arg, degrees, steps))
  if (parts.some(part => part === null)) return null
  const [first, second] = parts as Bounds[]
  switch (e.name) {
    case 'add':
    case 'mixed':
      return (parts as Bounds[]).reduce((a, b) => ({
        above: joint(a.above + b.below, a.below + b.above),
        below: a.below + b.below,
      }))
    case 'mul':
      return (parts as Bounds[]).reduce(product)
    case 'neg':
      return first
    case 'div':
      return { above: first.above + second.below, below: first.below + second.above }
    case 'percent':
      return { above: first.above, below: first.below + sizeOf(100n) }
    default:
      return null
  }
}

function product(a: Bounds, b: Bounds): Bounds {
  return { above: a.above + b.above, below: a.below + b.below }
}

function rooted(of: Bounds, degree: number, key: string, degrees: Map<string, number>): Bounds {
  degrees.set(key, degree)
  return of.above >= of.below
    ? { above: (of.above + of.below * (degree - 1)) / degree, below: of.below }
    : { above: of.above, below: (of.above * (degree - 1) + of.below) / degree }
}

function powerBounds(
  e: Extract<Expression, { kind: 'call' }>,
  degrees: Map<string, number>,
  steps: Steps,
): Bounds | null {
  const exponent = rationalOf(e.args[1], steps)
  const base = exponent && boundsOf(e.args[0], degrees, steps)
  if (!exponent || !base || exponent.d > 1000n) return null
  const n = Number(exponent.n < 0n ? -exponent.n : exponent.n)
  const size = { above: base.above * n, below: base.below * n }
  const upright = exponent.n < 0n ? { above: size.below, below: size.above } : size
  if (exponent.d === 1n) return upright
  return rooted(upright, Number(exponent.d), written(e), degrees)
}

/** 2 cos(pi p / q) and 2 sin(pi p / q) are algebraic integers of size at most 2 in the field of the 4q-th roots of one. */
function waveBounds(
  e: Extract<Expression, { kind: 'call' }>,
  degrees: Map<string, number>,
  steps: Steps,
): Bounds | null {
  const turn = partOfPi(e.args[0], steps)
  if (!turn || turn.d > 1000n) return null
  degrees.set(`wave ${turn.d}`, Number(turn.d) * 4)
  return e.name === 'tan' || e.name === 'cot' ? { above: 1, below: 1 } : { above: 1, below: 1 }
}

/** The rational number r of an angle r pi; null for any other angle. */
function partOfPi(angle: Expression, steps: Steps): Rational | null {
  try {
    const { above, below } = normalForm(angle, steps)
    const only = above.size === 1 ? above.get('pi') : undefined
    const under = constantOf(below)
    if (above.size === 0) return { n: 0n, d: 1n }
    return only && under?.n === 1n && under.d === 1n ? only.coefficient : null
  } catch (error) {
    return noted(error, steps)
  }
}

function rationalOf(e: Expression, steps: Steps): Rational | null {
  try {
    const { above, below } = normalForm(e, steps)
    const under = constantOf(below)
    return under?.n === 1n && under.d === 1n ? constantOf(above) : null
  } catch (error) {
    return noted(error, steps)
  }
}

function noted(error: unknown, steps: Steps): null {
  if ((error instanceof TooLarge && steps.left >= 0) || error instanceof Unparsable) return null
  throw error
}

function sizeOf(n: bigint): number {
  return n === 0n ? 0 : Math.max(0, logOf(n))
}
