// Inequalities in one variable, solved where they are linear in it or in its absolute value.

import { normalForm } from '../algebra/normal-form.ts'
import { constantOf, type Polynomial, type Steps } from '../algebra/polynomial.ts'
import { symbolsOf } from '../algebra/symbols.ts'
import {
  type Answer,
  type Compared,
  call,
  type Expression,
  isExpression,
  type RelationSign,
  symbol,
} from './answer.ts'
import { endOf, highest, lowest, meet, type Piece } from './pieces.ts'

type Relation = Extract<Answer, { kind: 'relation' }>

/** The numbers that satisfy an inequality or a chain of them; null where it is not of this kind. */
export function solved({ signs, sides }: Relation, steps: Steps): Piece[] | null {
  if (!sides.every(isExpression)) return null
  const expressions = named(sides as readonly Expression[])
  if (new Set(expressions.flatMap(e => symbolsOf(e))).size !== 1) return null
  let result: Piece[] | null = null
  for (const [i, sign] of signs.entries()) {
    const pieces = halfLine(expressions[i], sign, expressions[i + 1], steps)
    if (!pieces) return null
    result = result ? meet(result, pieces, steps) : pieces
  }
  return result
}

/** The values of a function between bounds as one variable: 0 < f(x) < 1. */
function named(sides: readonly Expression[]): readonly Expression[] {
  const calls = sides.filter(side => side.kind === 'call' && side.name === 'apply')
  const others = sides.filter(side => !calls.includes(side))
  const alone = calls.length === 1 && others.every(side => symbolsOf(side).length === 0)
  return alone
    ? sides.map(side => (side === calls[0] ? symbol('values of a function') : side))
    : sides
}

/** left sign right, with the variable on one side alone or linear. */
function halfLine(
  left: Expression,
  sign: RelationSign,
  right: Expression,
  steps: Steps,
): Piece[] | null {
  if (isAbsolute(left)) return absolute(sign, right, steps)
  if (isAbsolute(right)) return absolute(mirrored(sign), left, steps)
  const [x, y] = [isVariable(left), isVariable(right)]
  if (x && symbolsOf(right).length === 0) return ray(sign, right)
  if (y && symbolsOf(left).length === 0) return ray(mirrored(sign), left)
  return linear(left, sign, right, steps)
}

function linear(
  left: Expression,
  sign: RelationSign,
  right: Expression,
  steps: Steps,
): Piece[] | null {
  const { above, below } = normalForm(call('add', left, call('neg', right)), steps)
  const divisor = constantOf(below)
  if (!divisor) return null
  const name = [...new Set([...symbolsOf(left), ...symbolsOf(right)])][0]
  const slope = above.get(name)?.coefficient
  if (!slope || above.size > 2 || (above.size === 2 && !above.has(''))) return null
  const root = rootOf(above, slope)
  const upward = slope.n > 0n === divisor.n > 0n
  return ray(upward ? sign : mirrored(sign), root)
}

function rootOf(above: Polynomial, slope: { readonly n: bigint; readonly d: bigint }): Expression {
  const shift = above.get('')?.coefficient ?? { n: 0n, d: 1n }
  const value = (r: typeof shift): Expression => ({ kind: 'number', value: r, places: null })
  return call('neg', call('div', value(shift), value(slope)))
}

/** x sign bound. */
function ray(sign: RelationSign, bound: Expression): Piece[] | null {
  const [closed, open] = [endOf(bound, false), endOf(bound, true)]
  if (!closed || !open) return null
  switch (sign) {
    case '<':
      return [{ from: lowest, to: open }]
    case '<=':
      return [{ from: lowest, to: closed }]
    case '>':
      return [{ from: open, to: highest }]
    case '>=':
      return [{ from: closed, to: highest }]
    case '!=':
      return [
        { from: lowest, to: open },
        { from: open, to: highest },
      ]
    default:
      return null
  }
}

/** |x| sign bound, bound >= 0. */
function absolute(sign: RelationSign, bound: Expression, steps: Steps): Piece[] | null {
  const [upper, lower] = [ray(sign, bound), ray(mirrored(sign), call('neg', bound))]
  if (!upper || !lower || symbolsOf(bound).length > 0) return null
  if (sign === '<' || sign === '<=') return meet(upper, lower, steps)
  return sign === '>' || sign === '>=' ? [...lower, ...upper] : null
}

/** The sign of the same relation read from the other side. */
export function mirrored(sign: RelationSign): RelationSign {
  const mirror: Partial<Record<RelationSign, RelationSign>> = {
    '<': '>',
    '>': '<',
    '<=': '>=',
    '>=': '<=',
    ...{ subset: 'superset', superset: 'subset', to: 'from', from: 'to' },
  }
  return mirror[sign] ?? sign
}

function isVariable(e: Expression): boolean {
  return e.kind === 'symbol' && symbolsOf(e).length === 1
}

function isAbsolute(e: Expression): boolean {
  return e.kind === 'call' && e.name === 'abs' && isVariable(e.args[0])
}

const compared: readonly string[] = ['=', '<', '>', '<=', '>=', '!=', '~'] satisfies Compared[]

/** Whether a sign stands between numbers. */
export function isCompared(sign: RelationSign): boolean {
  return compared.includes(sign)
}
