// The numeric tier: two expressions at the same points, each to a precision that grows until a difference
// is certain or nothing is left that could explain one. One clear difference refutes equality.

import { type Random, random } from '../../../numbers/random.ts'
import type { Expression } from '../answers/answer.ts'
import { differsAfar } from './afar.ts'
import type { Complex } from './complex.ts'
import { type Decision, decided, sameConstants } from './decide.ts'
import type { Steps } from './polynomial.ts'
import { exact } from './real.ts'
import { isBranching, symbolsOf, wholeSymbols } from './symbols.ts'

/** Whether two expressions agree, at points where they have symbols. */
export function sameAtPoints(a: Expression, b: Expression, steps: Steps): Decision {
  const symbols = [...new Set([...symbolsOf(a), ...symbolsOf(b)])].sort()
  if (symbols.length === 0) return sameConstants(a, b, steps)
  if (symbols.length > 24) return 'undecided'
  const whole = new Set([...wholeSymbols(a), ...wholeSymbols(b)])
  let agreed = 0
  let undecided = false
  for (const kind of kindsFor(a, b)) {
    const { draws, real } = kinds[kind]
    for (let seed = 1; seed <= draws; seed++) {
      const draw = random(seed, kind)
      const value = (name: string) =>
        whole.has(name) ? wholeNumber(draw) : kinds[kind].value(draw)
      const counting = kind === 'counting' && symbols.length === 1
      const at = new Map(symbols.map(name => [name, counting ? dyadic(seed, 0) : value(name)]))
      const found = decided(a, b, at, steps, { times: 1, least: null, real })
      if (found === 'different') return 'different'
      if (found === 'undecided') undecided = true
      if (found === 'agreed' || found === 'proved') agreed++
    }
    if (agreed >= 6 && kinds[kind].enough) break
  }
  if (undecided) return 'undecided'
  if (agreed < 3 && kindsFor(a, b).includes('real')) return principal(a, b, symbols, steps)
  if (agreed < 3) return 'undefined'
  return differsAfar(a, b, steps) ? 'different' : 'agreed'
}

/** Where two expressions are nowhere real: their principal values. */
function principal(
  a: Expression,
  b: Expression,
  symbols: readonly string[],
  steps: Steps,
): Decision {
  for (let seed = 1; seed <= 4; seed++) {
    const draw = random(seed, 'principal')
    const at = new Map(symbols.map(name => [name, kinds.signed.value(draw)]))
    const found = decided(a, b, at, steps, { times: 1, least: null, real: false })
    if (found !== 'agreed' && found !== 'proved') return found
  }
  return 'agreed'
}

/** A double as an exact value, to `bits` binary places. */
function dyadic(value: number, bits: number): Complex {
  return {
    re: { m: BigInt(Math.round(value * 2 ** bits)), e: -bits, r: exact },
    im: { m: 0n, e: 0, r: exact },
  }
}

const places = 24
const kinds = {
  complex: {
    value: (draw: Random): Complex => ({
      re: dyadic(0.3 + 1.7 * draw(), places).re,
      im: dyadic(2 * draw() - 1, places).re,
    }),
    draws: 4,
    real: false,
    enough: false,
  },
  positive: {
    value: (draw: Random) => dyadic(0.1 + 2.9 * draw(), places),
    draws: 4,
    real: false,
    enough: false,
  },
  real: {
    value: (draw: Random) => dyadic(0.1 + 2.9 * draw(), places),
    draws: 4,
    real: true,
    enough: false,
  },
  signed: {
    value: (draw: Random) => dyadic(6 * draw() - 3, places),
    draws: 6,
    real: true,
    enough: false,
  },
  small: {
    value: (draw: Random) => dyadic(2 * draw() - 1, places),
    draws: 4,
    real: true,
    enough: true,
  },
  wide: {
    value: (draw: Random) => dyadic(60 * draw() - 30, places),
    draws: 8,
    real: true,
    enough: true,
  },
  counting: {
    value: (draw: Random) => dyadic(1 + Math.floor(20 * draw()), 0),
    draws: 60,
    real: false,
    enough: false,
  },
} as const
type Kind = keyof typeof kinds

/** Where to look: complex points, unless equal expressions may differ there by the choice of a branch. */
function kindsFor(a: Expression, b: Expression): readonly Kind[] {
  const rounding = [a, b].filter(e => has(e, roundings)).length
  // floors on both sides are of whole numbers, where no letter is one of those of real numbers; on one side alone they must
  // hold for all numbers
  const continuous = [...symbolsOf(a), ...symbolsOf(b)].some(name => reals.test(name))
  if (rounding === 2 && !continuous) return ['counting']
  if (rounding > 0) return ['counting', 'wide']
  // where both are real, first; where they are real nowhere, their principal values
  return isBranching(a) || isBranching(b)
    ? ['real', 'signed', 'small', 'wide']
    : ['complex', 'positive']
}

/** Names that are usually of real numbers. */
const reals = /^(?:[s-z]|alpha|beta|gamma|theta|lambda|phi|omega)(?:[_'^]|$)/

const roundings: ReadonlySet<string> = new Set(['floor', 'ceil'])

function has(e: Expression, names: ReadonlySet<string>): boolean {
  return e.kind === 'call' && (names.has(e.name) || e.args.some(arg => has(arg, names)))
}

function wholeNumber(draw: Random): Complex {
  return dyadic(2 + Math.floor(9 * draw()), 0)
}
