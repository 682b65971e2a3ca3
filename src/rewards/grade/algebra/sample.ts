// The numeric tier: two expressions at the same points. One clear difference refutes equality; to
// agree everywhere, within what rounding explains, makes it likely.

import { type Random, random } from '../../../numbers/random.ts'
import type { Expression } from '../answers/answer.ts'
import { type Approximate, approximate, modulus } from './complex.ts'
import { evaluate, type Point } from './evaluate.ts'
import type { Steps } from './polynomial.ts'

/** Whether two expressions agree; null where too few points can tell. */
export function sameAtPoints(a: Expression, b: Expression, steps: Steps): boolean | null {
  const symbols = [...new Set([...symbolsOf(a), ...symbolsOf(b)])].sort()
  if (symbols.length === 0) return sameAt(a, b, new Map(), 'complex', steps)
  if (symbols.length > 24) return null
  const whole = new Set([...wholeSymbols(a), ...wholeSymbols(b)])
  let agreed = 0
  for (const kind of kindsFor(a, b)) {
    for (let seed = 1; seed <= draws[kind]; seed++) {
      const draw = random(seed, kind)
      const value = (name: string) => (whole.has(name) ? wholeNumber(draw) : kinds[kind](draw))
      const at = kind === 'counting' && symbols.length === 1 ? () => approximate(seed) : value
      const same = sameAt(a, b, new Map(symbols.map(name => [name, at(name)])), kind, steps)
      if (same === false) return false
      if (same) agreed++
    }
  }
  return agreed >= 3 ? true : null
}

const kinds = {
  complex: (draw: Random) => approximate(0.3 + 1.7 * draw(), 2 * draw() - 1),
  positive: (draw: Random) => approximate(0.1 + 2.9 * draw()),
  signed: (draw: Random) => approximate(6 * draw() - 3),
  wide: (draw: Random) => approximate(60 * draw() - 30),
  counting: (draw: Random) => approximate(1 + Math.floor(20 * draw())),
}
type Kind = keyof typeof kinds
const draws: Readonly<Record<Kind, number>> = {
  complex: 4,
  positive: 4,
  signed: 4,
  wide: 8,
  counting: 60,
}

/** Where to look: complex points, unless equal expressions may differ there by the choice of a branch. */
function kindsFor(a: Expression, b: Expression): readonly Kind[] {
  const rounding = [a, b].filter(e => has(e, roundings)).length
  // floors on both sides are of whole numbers; on one side alone they must hold for all numbers
  if (rounding === 2) return ['counting']
  if (rounding === 1) return ['wide', 'counting']
  return isBranching(a) || isBranching(b) ? ['positive', 'signed'] : ['complex', 'positive']
}

const roundings: ReadonlySet<string> = new Set(['floor', 'ceil'])

function has(e: Expression, names: ReadonlySet<string>): boolean {
  return e.kind === 'call' && (names.has(e.name) || e.args.some(arg => has(arg, names)))
}

function wholeNumber(draw: Random): Approximate {
  return approximate(2 + Math.floor(9 * draw()))
}

function sameAt(a: Expression, b: Expression, at: Point, kind: Kind, steps: Steps): boolean | null {
  const [x, y] = [evaluate(a, at, steps), evaluate(b, at, steps)]
  if (!x || !y) return null
  const real = kind === 'signed' || kind === 'wide'
  if (real && (Math.abs(x.im) > 8 * x.error || Math.abs(y.im) > 8 * y.error)) return null
  const size = Math.max(modulus(x), modulus(y))
  const error = 4 * (x.error + y.error)
  if (error > 1e-6 * size && size > 0) return null // too ill-conditioned to tell
  return Math.hypot(x.re - y.re, x.im - y.im) <= error
}

/** The value of an expression without symbols, with its error; null where there is none. */
export function constantValue(e: Expression): Approximate | null {
  return evaluate(e, new Map())
}

/** The names that stand for unknown numbers: neither constants nor the index of a sum. */
export function symbolsOf(e: Expression, bound: readonly string[] = []): string[] {
  if (e.kind === 'number') return []
  if (e.kind === 'symbol') return constants.has(e.name) || bound.includes(e.name) ? [] : [e.name]
  if (e.name === 'apply') return e.args.slice(1).flatMap(arg => symbolsOf(arg, bound))
  if (e.name !== 'sum' && e.name !== 'prod') return e.args.flatMap(arg => symbolsOf(arg, bound))
  const [body, index, ...bounds] = e.args
  const inner = index.kind === 'symbol' ? [...bound, index.name] : bound
  return [...symbolsOf(body, inner), ...bounds.flatMap(arg => symbolsOf(arg, bound))]
}

const constants = new Set(['pi', 'e', 'i', 'infty'])
const counted = new Set(['factorial', 'factorial2', 'binom', 'gcd', 'lcm', 'mod'])

/** Symbols that only make sense as whole numbers: they count something. */
export function wholeSymbols(e: Expression): string[] {
  if (e.kind !== 'call') return []
  if (counted.has(e.name)) return symbolsOf(e)
  if (e.name === 'sum' || e.name === 'prod')
    return [...symbolsOf(e), ...e.args.flatMap(wholeSymbols)]
  if (e.name === 'pow' && isNegative(e.args[0]))
    return [...symbolsOf(e.args[1]), ...e.args.flatMap(wholeSymbols)]
  return e.args.flatMap(wholeSymbols)
}

function isNegative(e: Expression): boolean {
  return e.kind === 'number'
    ? e.value.n < 0n
    : e.kind === 'call' && e.name === 'neg' && e.args[0].kind === 'number'
}

const branches = new Set([
  'sqrt',
  'root',
  'ln',
  'log',
  'abs',
  'floor',
  'ceil',
  'max',
  'min',
  'arcsin',
  'arccos',
  'arctan',
  'arccot',
])

function isBranching(e: Expression): boolean {
  if (e.kind !== 'call') return false
  if (branches.has(e.name)) return true
  if (e.name === 'pow' && !isWholeNumber(e.args[1])) return true
  return e.args.some(isBranching)
}

function isWholeNumber(e: Expression): boolean {
  if (e.kind === 'number') return e.value.d === 1n
  return e.kind === 'call' && e.name === 'neg' && isWholeNumber(e.args[0])
}
