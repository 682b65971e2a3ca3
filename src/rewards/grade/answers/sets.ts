// Sets of real numbers: intervals, unions, single points, and inequalities in one variable.

import type { Steps } from '../algebra/polynomial.ts'
import { integer } from '../algebra/rational.ts'
import { symbolsOf } from '../algebra/symbols.ts'
import { Unparsable } from '../limits.ts'
import { type Answer, type Expression, isExpression, number, symbol } from './answer.ts'
import type { Context } from './context.ts'
import { sameExpression } from './expressions.ts'
import { solved } from './inequalities.ts'
import {
  compareEnds,
  type End,
  endOf,
  highest,
  joined,
  lowest,
  meet,
  type Piece,
  whole,
  without,
} from './pieces.ts'

/** The pieces of a set in order, touching ones joined; null where the answer is no set of numbers. */
export function piecesOf(answer: Answer, steps: Steps): Piece[] | null {
  try {
    const pieces = readPieces(answer, steps)
    return pieces && joined(pieces, steps)
  } catch (error) {
    if (error instanceof Unparsable) return null
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

function readPieces(answer: Answer, steps: Steps): Piece[] | null {
  switch (answer.kind) {
    case 'interval':
      return piece(answer.ends[0], answer.ends[1], answer.open, steps)
    case 'tuple':
      return answer.items.length === 2
        ? piece(answer.items[0], answer.items[1], [true, true], steps)
        : null
    case 'set':
      return answer.items.every(isExpression)
        ? answer.items.map(item => point(item as Expression))
        : null
    case 'symbol':
      return realsOf(answer.name)
    case 'region':
      return region(answer, steps)
    case 'builder':
      return isAbout(answer.condition, answer.symbol) ? readPieces(answer.condition, steps) : null
    case 'relation':
      return answer.signs[0] === 'in' ? readPieces(answer.sides[1], steps) : solved(answer, steps)
    case 'list':
      return conditions(answer, steps)
    default:
      return null
  }
}

/** The real numbers, or those of one sign; null for any other name. */
function realsOf(name: string): Piece[] | null {
  const nought = (open: boolean) => endOf(number(integer(0)), open)!
  switch (name) {
    case 'mathbb:R':
      return whole
    case 'mathbb:R+':
      return [{ from: nought(true), to: highest }]
    case 'mathbb:R>=0':
      return [{ from: nought(false), to: highest }]
    case 'mathbb:R-':
      return [{ from: lowest, to: nought(true) }]
    case 'mathbb:R*':
      return [
        { from: lowest, to: nought(true) },
        { from: nought(true), to: highest },
      ]
    default:
      return null
  }
}

function conditions(answer: Extract<Answer, { kind: 'list' }>, steps: Steps): Piece[] | null {
  if (!answer.items.every(item => item.kind === 'relation' || item.kind === 'interval')) return null
  const [first] = answer.items.flatMap(lettersOf)
  if (first && !isAbout(answer, symbol(first))) return null
  const parts = answer.items.map(item => readPieces(item, steps))
  if (parts.some(part => part === null)) return null
  const sets = parts as Piece[][]
  if (answer.joint === 'or') return sets.flat()
  const common = sets.reduce((a, b) => meet(joined(a, steps), joined(b, steps), steps))
  return common.length > 0 ? common : null
}

/** Whether no other letter than this one stands in conditions. */
function isAbout(condition: Answer, letter: Expression): boolean {
  return letter.kind === 'symbol' && lettersOf(condition).every(name => name === letter.name)
}

function lettersOf(condition: Answer): readonly string[] {
  if (condition.kind === 'list') return condition.items.flatMap(lettersOf)
  if (condition.kind !== 'relation') return []
  return condition.sides
    .flatMap(side => (isExpression(side) ? symbolsOf(side) : []))
    .filter(name => !name.startsWith('mathbb:') && name !== 'infty')
}

function region(answer: Extract<Answer, { kind: 'region' }>, steps: Steps): Piece[] | null {
  const [left, right] = answer.parts.map(part => readPieces(part, steps))
  if (!left || !right) return null
  if (answer.sign === 'union') return [...left, ...right]
  const other = joined(right, steps)
  return meet(
    joined(left, steps),
    answer.sign === 'difference' ? without(other, steps) : other,
    steps,
  )
}

function piece(
  from: Answer,
  to: Answer,
  open: readonly [boolean, boolean],
  steps: Steps,
): Piece[] | null {
  if (!isExpression(from) || !isExpression(to)) return null
  const [a, b] = [endOf(from, open[0]), endOf(to, open[1])]
  if (!a || !b) return null
  const order = compareEnds(a, b, steps)
  return order > 0 || (order === 0 && (open[0] || open[1])) ? null : [{ from: a, to: b }]
}

function point(at: Expression): Piece {
  const end = endOf(at, false)
  if (!end || !Number.isFinite(end.value)) throw new Unparsable('point')
  return { from: end, to: end }
}
