// Symbols under other names: the x of f(x) is the t of f(t).

import { symbolsOf } from '../algebra/symbols.ts'
import { type Answer, call, type Expression, isExpression, symbol } from './answer.ts'

/** Whether names stay what they are. */
export function isPlainly(names: ReadonlyMap<string, Expression>): boolean {
  return [...names].every(([name, to]) => to.kind === 'symbol' && to.name === name)
}

/** Whether an argument's new name already means something else in a value: the x of f(t) = x. */
export function captures(names: ReadonlyMap<string, Expression>, value: Answer): boolean {
  if (!isExpression(value)) return false
  const free = symbolsOf(value).filter(name => !names.has(name))
  return [...names.values()].some(name => name.kind === 'symbol' && free.includes(name.name))
}

/**
 * A function with the constant of an integration as the known one has it: C where c is written. Capitals beside it would be
 * names of the problem.
 */
export function withConstantOf(gold: Expression, pred: Expression): Expression {
  const [known, found] = [symbolsOf(gold), symbolsOf(pred)]
  const others = known.filter(name => name !== 'C')
  const free = hasTerm(gold, 'C') && hasTerm(pred, 'c') && !found.includes('C')
  const plain = others.length > 0 && others.every(name => /^[a-z]/.test(name) && name !== 'c')
  return free && plain ? renamed(pred, new Map([['c', symbol('C')]])) : pred
}

function hasTerm(e: Expression, name: string): boolean {
  return (
    e.kind === 'call' &&
    e.name === 'add' &&
    e.args.some(arg => arg.kind === 'symbol' && arg.name === name)
  )
}

/** An expression with other names for some of its symbols. */
export function renamed(e: Expression, names: ReadonlyMap<string, Expression>): Expression {
  if (e.kind === 'symbol') return names.get(e.name) ?? e
  return e.kind === 'call' ? call(e.name, ...e.args.map(arg => renamed(arg, names))) : e
}
