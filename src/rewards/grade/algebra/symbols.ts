// The symbols of an expression, and what is asked of them.

import type { Expression } from '../answers/answer.ts'

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

/** Whether equal expressions may differ by the choice of a branch. */
export function isBranching(e: Expression): boolean {
  if (e.kind !== 'call') return false
  if (branches.has(e.name)) return true
  if (e.name === 'pow' && !isWholeNumber(e.args[1])) return true
  return e.args.some(isBranching)
}

function isWholeNumber(e: Expression): boolean {
  if (e.kind === 'number') return e.value.d === 1n
  return e.kind === 'call' && e.name === 'neg' && isWholeNumber(e.args[0])
}
