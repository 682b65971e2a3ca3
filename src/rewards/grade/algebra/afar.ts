// Expressions that agree near 0 and part beyond a bend: |x - 3| is 3 - x there, and max(x, 5) is 5. They are looked at
// again as far out as their own numbers can move a bend.

import { random } from '../../../numbers/random.ts'
import type { Expression } from '../answers/answer.ts'
import { add, isNonZero, negate } from './complex.ts'
import { type Evaluation, evaluate, isComplex, type Point } from './evaluate.ts'
import type { Steps } from './polynomial.ts'
import { exact } from './real.ts'
import { isBranching, symbolsOf, wholeSymbols } from './symbols.ts'

const draws = 6 // at each distance
const bits = 128
const nearest = 30
const farthest = 2 ** 40

/** Whether two expressions with symbols are real and different somewhere far from 0. What bends nowhere is not looked at. */
export function differsAfar(a: Expression, b: Expression, steps: Steps): boolean {
  if (!isBranching(a) && !isBranching(b)) return false
  if (isStepped(a) || isStepped(b)) return false // floors may be of whole numbers alone
  const names = [...new Set([...symbolsOf(a), ...symbolsOf(b)])].sort()
  const whole = new Set([...wholeSymbols(a), ...wholeSymbols(b)])
  const bounded = names.filter(name => !whole.has(name))
  if (bounded.length === 0) return false
  const reach = Math.min(farthest, nearest * reachOf([...sizesIn(a), ...sizesIn(b)]))
  return [...new Set([nearest, Math.sqrt(nearest * reach), reach])].some(distance => {
    const draw = random(1, `afar ${distance}`)
    return Array.from({ length: draws }).some((_, i) => {
      const side = i % 2 === 0 ? distance : -distance
      const value = (name: string, n: number) =>
        whole.has(name)
          ? 2 + Math.floor(9 * draw())
          : side * draw() * (n % 2 === 0 || draw() < 0.5 ? 1 : -1)
      return differsAt(
        a,
        b,
        new Map(names.map((name, n) => [name, exactly(value(name, n))])),
        steps,
      )
    })
  })
}

function isStepped(e: Expression): boolean {
  return e.kind === 'call' && (e.name === 'floor' || e.name === 'ceil' || e.args.some(isStepped))
}

/** Whether both have real values here that are certainly different: one look, since a bend parts them by more than digits. */
function differsAt(a: Expression, b: Expression, at: Point, steps: Steps): boolean {
  const to: Evaluation = { precision: bits, steps, spread: 0 }
  const x = evaluate(a, at, to)
  const y = x && evaluate(b, at, to)
  return !!x && !!y && !isComplex(x) && !isComplex(y) && isNonZero(add(x, negate(y), 2 * bits))
}

/** How far out these numbers can move a bend: the largest of all products of them and their inverses. */
function reachOf(sizes: readonly number[]): number {
  return [...new Set(sizes)].reduce((product, size) => product * Math.max(size, 1 / size), 1)
}

/** How large the numbers of an expression are, without 0. */
function sizesIn(e: Expression): readonly number[] {
  if (e.kind === 'number') {
    const size = Math.abs(Number(e.value.n) / Number(e.value.d))
    return size > 0 && Number.isFinite(size) ? [size] : []
  }
  return e.kind === 'call' ? e.args.flatMap(sizesIn) : []
}

const places = 24
function exactly(value: number) {
  return {
    re: { m: BigInt(Math.round(value * 2 ** places)), e: -places, r: exact },
    im: { m: 0n, e: 0, r: exact },
  }
}
