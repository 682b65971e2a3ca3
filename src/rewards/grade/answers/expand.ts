// Plus-minus signs as the two values that they stand for.

import type { Answer, Expression } from './answer.ts'
import { call, isExpression } from './answer.ts'

/** An answer with every sign of two values written out: 1 \pm x as the list 1 + x, 1 - x. */
export function expanded(answer: Answer): Answer {
  if (isExpression(answer)) return isDouble(answer) ? both(answer) : answer
  switch (answer.kind) {
    case 'list':
    case 'set':
      return { ...answer, items: answer.items.map(expanded).flatMap(spread) }
    case 'tuple':
      return answer.items.some(item => isExpression(item) && isDouble(item))
        ? tuples(answer.items)
        : answer
    case 'relation':
      return relation(answer)
    case 'quantity': {
      const value = expanded(answer.value)
      if (value.kind !== 'list') return { ...answer, value }
      return { ...value, items: value.items.map(item => ({ ...answer, value: item })) }
    }
    default:
      return answer
  }
}

function spread(item: Answer): readonly Answer[] {
  return item.kind === 'list' && item.joint === 'or' ? item.items : [item]
}

function relation(answer: Extract<Answer, { kind: 'relation' }>): Answer {
  const [left, right] = answer.sides
  if (answer.sides.length !== 2 || !isExpression(right) || !isDouble(right)) return answer
  const items = [1, -1].map(sign => ({ ...answer, sides: [left, chosen(right, sign)] }))
  return { kind: 'list', joint: 'or', items }
}

function tuples(items: readonly Answer[]): Answer {
  const choose = (sign: number) =>
    items.map(item => (isExpression(item) ? chosen(item, sign) : item))
  return {
    kind: 'list',
    joint: 'or',
    items: [1, -1].map(sign => ({ kind: 'tuple', items: choose(sign) })),
  }
}

function both(e: Expression): Answer {
  return { kind: 'list', joint: 'or', items: [chosen(e, 1), chosen(e, -1)] }
}

function isDouble(e: Expression): boolean {
  if (e.kind !== 'call') return false
  return e.name === 'pm' || e.name === 'mp' || e.args.some(isDouble)
}

/** The expression with the upper signs (1) or the lower ones (-1). */
function chosen(e: Expression, sign: number): Expression {
  if (e.kind !== 'call') return e
  const args = e.args.map(arg => chosen(arg, sign))
  if (e.name !== 'pm' && e.name !== 'mp') return call(e.name, ...args)
  const positive = (e.name === 'pm') === (sign === 1)
  return call('add', args[0], positive ? args[1] : call('neg', args[1]))
}
