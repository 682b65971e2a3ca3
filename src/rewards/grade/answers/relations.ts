// Equations, inequalities, assignments and memberships.

import type { Decision } from '../algebra/decide.ts'
import { ratioOf, sameExactly } from '../algebra/normal-form.ts'
import type { Steps } from '../algebra/polynomial.ts'
import { sameAtPoints } from '../algebra/sample.ts'
import { symbolsOf } from '../algebra/symbols.ts'
import { TooLarge } from '../limits.ts'
import { type Answer, call, type Expression, isExpression, symbol, written } from './answer.ts'
import { by, type Context } from './context.ts'
import { isCompared, mirrored } from './inequalities.ts'
import { captures, isPlainly, renamed } from './names.ts'

export type Relation = Extract<Answer, { kind: 'relation' }>

/** A name and the value that it is given. */
export interface Assignment {
  readonly name: Answer
  readonly value: Answer
}

/** A relation read as the naming of a value: x = 5, f(x) = 2x, (p, q) = (1, 2), AB = 4. Else null. */
export function assignmentOf(relation: Relation): Assignment | null {
  const [left, right] = relation.sides
  if (isName(left)) return namingOf(relation)
  const turned = relation.sides.length === 2 && isName(right) && isExpression(left)
  return turned && symbolsOf(left).length === 0
    ? namingOf({ ...relation, sides: [right, left] })
    : null
}

/** What a known answer names beside that: the cosine of an angle, the determinant of a matrix. */
export function measureOf(relation: Relation): Assignment | null {
  const [side] = relation.sides
  const measure =
    side.kind === 'call' &&
    (operators.has(side.name) || (measures.has(side.name) && side.args.every(isPlain)))
  return measure ? namingOf(relation) : null
}

const operators = new Set(['lim', 'sum', 'prod', 'int'])
const measures = new Set('sin cos tan cot sec csc det deg arg Re Im'.split(' '))

/** Whether an expression is made of letters alone: a name, or an angle as the sum of others. */
function isPlain(e: Expression): boolean {
  if (e.kind === 'symbol') return isName(e)
  return e.kind === 'call' && (e.name === 'mul' || e.name === 'add') && e.args.every(isPlain)
}

function namingOf({ signs, sides }: Relation): Assignment | null {
  if (signs[0] !== '=' && signs[0] !== '~') return null
  if (signs.some(sign => sign !== '=' && sign !== '~')) return null
  const rounded = signs.indexOf('~', 1)
  const [name, value] = [sides[0], rounded > 0 ? sides[rounded] : sides.at(-1)!]
  const recurs =
    name.kind === 'symbol' && isExpression(value) && symbolsOf(value).includes(name.name)
  return recurs ? null : { name, value }
}

/** (x, y) = (2, 3) as x = 2, y = 3; null for any other relation. */
export function spreadOf({ signs, sides: [left, right] }: Relation): readonly Relation[] | null {
  if (signs.join() !== '=' || left.kind !== 'tuple' || right.kind !== 'tuple') return null
  if (left.items.length !== right.items.length || !left.items.every(isName)) return null
  return left.items.map((name, i) => ({
    kind: 'relation',
    signs: ['='],
    sides: [name, right.items[i]],
  }))
}

function isName(side: Answer): boolean {
  if (side.kind === 'tuple') return side.items.every(isName)
  if (side.kind === 'ratio') return side.terms.every(isName)
  if (side.kind === 'word') return true
  if (side.kind === 'symbol') return !['e', 'i', 'pi', 'infty'].includes(side.name)
  if (side.kind !== 'call') return false
  if (side.name === 'apply') return true
  // the length of a segment
  if (side.name === 'abs') return side.args[0].kind === 'call' && isName(side.args[0])
  // names of segments and angles: AB, \angle ABC, \Delta p
  const names = side.args.map(arg => (arg.kind === 'symbol' ? arg.name : ''))
  if (names[0] === 'm' && names[1]?.startsWith('angle')) return side.args.every(isName)
  const letters = side.name === 'mul' && side.args.length <= 4
  return letters && side.args.every(arg => arg.kind === 'symbol') && isCapital(side.args[0])
}

function isCapital(e: Expression): boolean {
  return e.kind === 'symbol' && /^([A-Z]|angle|Delta|triangle)/.test(e.name)
}

/** Whether two assignments give the same value to the same name; functions may name their arguments. */
export function sameAssignment(gold: Assignment, pred: Assignment, context: Context): boolean {
  const [f, g] = [gold.name, pred.name]
  if (isExpression(f) && isExpression(g)) {
    const named = sameName(f, g)
    if (named === null) return false
    if (captures(named, pred.value)) return false
    if (!isExpression(pred.value))
      return isPlainly(named) && context.same(gold.value, pred.value, context)
    return context.same(gold.value, renamed(pred.value, named), context)
  }
  return written(f) === written(g) && context.same(gold.value, pred.value, context)
}

/** What the arguments of the second are called in the first; null where the names differ. */
function sameName(f: Expression, g: Expression): ReadonlyMap<string, Expression> | null {
  if (f.kind === 'call' && g.kind === 'call' && f.name === 'apply' && g.name === 'apply') {
    const [[a, ...as], [b, ...bs]] = [f.args, g.args]
    if (a.kind !== 'symbol' || b.kind !== 'symbol' || a.name !== b.name || as.length !== bs.length)
      return null
    const fixed = as.every((arg, i) =>
      arg.kind === 'symbol' && bs[i].kind === 'symbol' ? true : sameExactly(arg, bs[i]),
    )
    if (!fixed) return null
    return new Map(
      bs.flatMap((arg, i) => (arg.kind === 'symbol' ? [[arg.name, as[i]] as const] : [])),
    )
  }
  const graph = (x: Expression, y: Expression) =>
    x.kind === 'symbol' && x.name === 'y' && y.kind === 'call' && y.name === 'apply'
  if (graph(f, g) || graph(g, f)) return new Map()
  return sameExactly(f, g) ? new Map() : null
}

/** Whether two relations say the same: alike, mirrored, or with sides that are multiples. */
export function sameRelation(gold: Relation, pred: Relation, context: Context): boolean {
  if (gold.signs.length !== pred.signs.length) return false
  if (alike(gold, pred, context) || alike(gold, turned(pred), context)) return true
  if (gold.signs.length > 1 || ![...gold.signs, ...pred.signs].every(isCompared)) return false
  return multiple(gold, pred, context)
}

function alike(gold: Relation, pred: Relation, context: Context): boolean {
  const same = gold.signs.every((sign, i) => sign === pred.signs[i])
  return same && gold.sides.every((side, i) => context.same(side, pred.sides[i], context))
}

function turned({ signs, sides }: Relation): Relation {
  return { kind: 'relation', signs: signs.map(mirrored).reverse(), sides: sides.toReversed() }
}

function multiple(gold: Relation, pred: Relation, context: Context): boolean {
  const [a, b] = [difference(gold), difference(pred)]
  if (!a || !b) return false
  const ratio = ratioBetween(a, b, context.state.steps)
  // what always or never holds says nothing
  if (ratio === null || isConstant(a, context.state.steps)) return false
  const [sign, other] = [gold.signs[0], pred.signs[0]]
  const either = sign === '=' || sign === '!='
  if (either ? sign !== other : sign !== (ratio > 0 ? other : mirrored(other))) return false
  return by(context, 'exact')
}

function difference({ sides: [left, right] }: Relation): Expression | null {
  if (!isExpression(left) || !isExpression(right)) return null
  return call('add', left, call('neg', right))
}

/** Whether an expression has the same value whatever its symbols are. */
function isConstant(e: Expression, steps: Steps): boolean {
  const others = new Map(symbolsOf(e).map(name => [name, symbol(`${name} elsewhere`)]))
  const moved = renamed(e, others)
  const exact = sameExactly(e, moved, steps)
  return exact ?? isSame(sameAtPoints(e, moved, steps))
}

/** The sign of the constant a / b; null where it is none. */
function ratioBetween(a: Expression, b: Expression, steps: Steps): number | null {
  if (symbolsOf(a).length === 0 || symbolsOf(b).length === 0) return null
  try {
    const exact = ratioOf(a, b, steps)
    if (exact) return exact.n > 0n ? 1 : -1
  } catch (error) {
    if (!(error instanceof TooLarge) || steps.left < 0) throw error
  }
  for (const sign of [1, -1]) {
    if (isSame(sameAtPoints(a, sign === 1 ? b : call('neg', b), steps))) return sign
  }
  return null
}

function isSame(decision: Decision): boolean {
  return decision === 'proved' || decision === 'agreed'
}

/** Whether a word of the answer is only the name of a value in a list: x_1 and x_2 may change places. */
export function distinctNames(assignments: readonly Assignment[]): boolean {
  const bases = assignments.map(({ name }) => written(name).replace(/_[^"]*/g, ''))
  return new Set(bases).size === bases.length && bases.length > 1
}
