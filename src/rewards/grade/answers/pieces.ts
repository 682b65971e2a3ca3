// Pieces of the real line, and how they are put together.

import { constantValue, symbolsOf } from '../algebra/sample.ts'
import { call, type Expression, symbol } from './answer.ts'

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

const infinity = symbol('infty')
export const lowest: End = { at: call('neg', infinity), value: -Infinity, open: true }
export const highest: End = { at: infinity, value: Infinity, open: true }
/** All real numbers. */
export const whole: Piece[] = [{ from: lowest, to: highest }]

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

/** Pieces in order, those that touch made one. */
export function joined(pieces: readonly Piece[]): Piece[] {
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

/** What two sets share. */
export function meet(a: readonly Piece[], b: readonly Piece[]): Piece[] {
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

/** The real line without some pieces in order. */
export function without(pieces: readonly Piece[]): Piece[] {
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
