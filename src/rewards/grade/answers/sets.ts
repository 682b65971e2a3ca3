// Sets of real numbers: intervals, unions, single points, and inequalities in one variable.

import { constantValue, symbolsOf } from '../algebra/sample.ts'
import { TooLarge, Unparsable } from '../limits.ts'
import { type Answer, call, type Expression, isExpression, symbol } from './answer.ts'
import type { Context } from './context.ts'
import { sameExpression } from './expressions.ts'
import { solved } from './inequalities.ts'

/** A piece of the real line; a point is a piece from itself to itself. */
export interface Piece {
  readonly from: End
  readonly to: End
}
export interface End {
  readonly at: Expression
  readonly value: number // of `at`
  readonly open: boolean
}

/** The pieces of a set in order, touching ones joined; null where the answer is no set of numbers. */
export function piecesOf(answer: Answer): Piece[] | null {
  try {
    const pieces = pieces_(answer)
    return pieces && joined(pieces)
  } catch (error) {
    if (error instanceof Unparsable || error instanceof TooLarge) return null
    throw error
  }
}

/** Whether two sets have the same pieces. */
export function samePieces(
  gold: readonly Piece[],
  pred: readonly Piece[],
  context: Context,
): boolean {
  return (
    gold.length === pred.length &&
    gold.every(
      (piece, i) =>
        sameEnd(piece.from, pred[i].from, context) && sameEnd(piece.to, pred[i].to, context),
    )
  )
}

function sameEnd(a: End, b: End, context: Context): boolean {
  if (a.open !== b.open) return false
  if (!Number.isFinite(a.value) || !Number.isFinite(b.value)) return a.value === b.value
  return sameExpression(a.at, b.at, {
    ...context,
    policy: { ...context.policy, unevaluated: true },
  })
}

function pieces_(answer: Answer): Piece[] | null {
  switch (answer.kind) {
    case 'interval':
      return piece(answer.ends[0], answer.ends[1], answer.open)
    case 'tuple':
      return answer.items.length === 2
        ? piece(answer.items[0], answer.items[1], [true, true])
        : null
    case 'set':
      return answer.items.every(isExpression)
        ? answer.items.map(item => point(item as Expression))
        : null
    case 'symbol':
      return answer.name === 'mathbb:R' ? whole : null
    case 'region':
      return region(answer)
    case 'builder':
      return pieces_(answer.condition)
    case 'relation':
      return answer.signs[0] === 'in' ? pieces_(answer.sides[1]) : solved(answer)
    case 'list':
      return conditions(answer)
    default:
      return null
  }
}

function conditions(answer: Extract<Answer, { kind: 'list' }>): Piece[] | null {
  if (!answer.items.every(item => item.kind === 'relation' || item.kind === 'interval')) return null
  const parts = answer.items.map(pieces_)
  if (parts.some(part => part === null)) return null
  const sets = parts as Piece[][]
  if (answer.joint === 'or') return sets.flat()
  const common = sets.reduce((a, b) => meet(joined(a), joined(b)))
  return common.length > 0 ? common : null
}

function region(answer: Extract<Answer, { kind: 'region' }>): Piece[] | null {
  const [left, right] = answer.parts.map(pieces_)
  if (!left || !right) return null
  if (answer.sign === 'union') return [...left, ...right]
  return meet(joined(left), answer.sign === 'difference' ? without(joined(right)) : joined(right))
}

const infinity = symbol('infty')
const lowest: End = { at: call('neg', infinity), value: -Infinity, open: true }
const highest: End = { at: infinity, value: Infinity, open: true }
const whole: Piece[] = [{ from: lowest, to: highest }]

function piece(from: Answer, to: Answer, open: readonly [boolean, boolean]): Piece[] | null {
  if (!isExpression(from) || !isExpression(to)) return null
  const [a, b] = [endOf(from, open[0]), endOf(to, open[1])]
  if (!a || !b) return null
  return a.value > b.value || (a.value === b.value && (open[0] || open[1]))
    ? null
    : [{ from: a, to: b }]
}

/** An end of an interval, infinite ones open; null where it is no real number. */
export function endOf(at: Expression, open: boolean): End | null {
  if (isInfinite(at)) return highest
  const inner = at.kind === 'call' && (at.name === 'neg' || at.name === 'add') ? at.args[0] : null
  if (inner && isInfinite(inner) && at.kind === 'call') return at.name === 'neg' ? lowest : highest
  if (symbolsOf(at).length > 0) return null
  const value = constantValue(at)
  return value && Math.abs(value.im) <= value.error ? { at, value: value.re, open } : null
}

function isInfinite(e: Expression): boolean {
  return e.kind === 'symbol' && e.name === 'infty'
}

function point(at: Expression): Piece {
  const end = endOf(at, false)
  if (!end || !Number.isFinite(end.value)) throw new Unparsable('point')
  return { from: end, to: end }
}

function joined(pieces: readonly Piece[]): Piece[] {
  const sorted = pieces.toSorted(
    (a, b) => a.from.value - b.from.value || Number(a.from.open) - Number(b.from.open),
  )
  const out: Piece[] = []
  for (const next of sorted) {
    const last = out.at(-1)
    const apart = !last || next.from.value > last.to.value
    const gap = last && next.from.value === last.to.value && next.from.open && last.to.open
    if (apart || gap) out.push(next)
    else if (isBeyond(next.to, last.to)) out[out.length - 1] = { from: last.from, to: next.to }
  }
  return out
}

function isBeyond(a: End, b: End): boolean {
  return a.value > b.value || (a.value === b.value && b.open && !a.open)
}

function meet(a: readonly Piece[], b: readonly Piece[]): Piece[] {
  return a.flatMap(x =>
    b.flatMap(y => {
      const from = isAfter(x.from, y.from) ? x.from : y.from
      const to = isBeyond(x.to, y.to) ? y.to : x.to
      const empty = from.value > to.value || (from.value === to.value && (from.open || to.open))
      return empty ? [] : [{ from, to }]
    }),
  )
}

function isAfter(a: End, b: End): boolean {
  return a.value > b.value || (a.value === b.value && a.open)
}

function without(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = []
  let from = lowest
  for (const { from: start, to } of pieces) {
    if (start.value > from.value || (start.value === from.value && start.open && !from.open)) {
      out.push({ from, to: { ...start, open: !start.open } })
    }
    from = { ...to, open: !to.open }
  }
  if (from.value < Infinity) out.push({ from, to: highest })
  return out
}
