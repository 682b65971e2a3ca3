// Symbols under other names: the x of f(x) is the t of f(t).

import { symbolsOf } from '../algebra/symbols.ts'
import { type Answer, call, type Expression, isExpression } from './answer.ts'

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

/** An expression with other names for some of its symbols. */
export function renamed(e: Expression, names: ReadonlyMap<string, Expression>): Expression {
  if (e.kind === 'symbol') return names.get(e.name) ?? e
  return e.kind === 'call' ? call(e.name, ...e.args.map(arg => renamed(arg, names))) : e
}
