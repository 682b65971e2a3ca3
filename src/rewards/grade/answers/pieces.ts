// Pieces of the real line, and how they are put together.

import { numberFor, order } from '../algebra/decide.ts'
import type { Steps } from '../algebra/polynomial.ts'
import { symbolsOf } from '../algebra/symbols.ts'
import { TooLarge } from '../limits.ts'
import { type Answer, call, type Expression, isExpression, symbol } from './answer.ts'

/** A piece of the real line; a point is a piece from itself to itself. */
export interface Piece {
  readonly from: End
  readonly to: End
}
export interface End {
  readonly at: Expression
  readonly value: number // of `at`, about
  readonly open: boolean
}

const infinity = symbol('infty')
export const lowest: End = { at: call('neg', infinity), value: -Infinity, open: true }
export const highest: End = { at: infinity, value: Infinity, open: true }
/** All real numbers. */
export const whole: Piece[] = [{ from: lowest, to: highest }]

/** An end of an interval, infinite ones open; null where it is no real number. */
export function endOf(at: Expression, open: boolean): End | null {
  if (isInfinite(at)) return highest
  const inner = at.kind === 'call' && (at.name === 'neg' || at.name === 'add') ? at.args[0] : null
  if (inner && isInfinite(inner) && at.kind === 'call' && at.args.length === 1)
    return at.name === 'neg' ? lowest : highest
  if (symbolsOf(at).length > 0) return null
  const value = numberFor(at)
  return value === null || Number.isNaN(value) ? null : { at, value, open }
}

function isInfinite(e: Expression): boolean {
  return e.kind === 'symbol' && e.name === 'infty'
}

/** Whether an answer has an interval whose bracket closes at infinity, which is no number. */
export function closesInfinity(answer: Answer): boolean {
  if (answer.kind === 'region') return answer.parts.some(closesInfinity)
  if (answer.kind === 'list') return answer.items.some(closesInfinity)
  if (answer.kind === 'relation') return answer.sides.some(closesInfinity)
  if (answer.kind !== 'interval') return false
  return answer.ends.some((end, i) => {
    const at = isExpression(end) ? endOf(end, answer.open[i]) : null
    return at !== null && !answer.open[i] && !Number.isFinite(at.value)
  })
}

/** -1, 0 or 1 as an end lies below, at or above another. Throws TooLarge where that stays undecided. */
export function compareEnds(a: End, b: End, steps: Steps): number {
  const [x, y] = [a.value, b.value]
  const apart = Math.abs(x - y) > 1e-9 * Math.max(Math.abs(x), Math.abs(y), 1e-200)
  if (apart || a.at === infinity || b.at === infinity || a === lowest || b === lowest)
    return x === y ? 0 : x < y ? -1 : 1
  const found = order(a.at, b.at, steps)
  if (found === null) throw new TooLarge('ends')
  return found
}

/** Pieces in order, those that touch made one. */
export function joined(pieces: readonly Piece[], steps: Steps): Piece[] {
  const sorted = pieces.toSorted(
    (a, b) => compareEnds(a.from, b.from, steps) || Number(a.from.open) - Number(b.from.open),
  )
  const out: Piece[] = []
  for (const next of sorted) {
    const last = out.at(-1)
    const after = last ? compareEnds(next.from, last.to, steps) : 1
    const gap = last && after === 0 && next.from.open && last.to.open
    if (after > 0 || gap) out.push(next)
    else if (isBeyond(next.to, last!.to, steps))
      out[out.length - 1] = { from: last!.from, to: next.to }
  }
  return out
}

function isBeyond(a: End, b: End, steps: Steps): boolean {
  const order = compareEnds(a, b, steps)
  return order > 0 || (order === 0 && b.open && !a.open)
}

/** What two sets share. */
export function meet(a: readonly Piece[], b: readonly Piece[], steps: Steps): Piece[] {
  return a.flatMap(x =>
    b.flatMap(y => {
      const from = isAfter(x.from, y.from, steps) ? x.from : y.from
      const to = isBeyond(x.to, y.to, steps) ? y.to : x.to
      const order = compareEnds(from, to, steps)
      return order > 0 || (order === 0 && (from.open || to.open)) ? [] : [{ from, to }]
    }),
  )
}

function isAfter(a: End, b: End, steps: Steps): boolean {
  const order = compareEnds(a, b, steps)
  return order > 0 || (order === 0 && a.open)
}

/** The real line without some pieces in order. */
export function without(pieces: readonly Piece[], steps: Steps): Piece[] {
  const out: Piece[] = []
  let from = lowest
  for (const { from: start, to } of pieces) {
    const order = compareEnds(start, from, steps)
    if (order > 0 || (order === 0 && start.open && !from.open)) {
      out.push({ from, to: { ...start, open: !start.open } })
    }
    from = { ...to, open: !to.open }
  }
  if (from.value < Infinity) out.push({ from, to: highest })
  return out
}
