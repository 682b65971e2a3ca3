// Arithmetic expressions of + - * with every compound operand in brackets: ((3+4)*2)-5.

import { below, pick, type Random } from '../../numbers/random.ts'

export const operators = ['+', '-', '*'] as const
export type Operator = (typeof operators)[number]
export type Expression = number | Operation
export interface Operation {
  readonly operator: Operator
  readonly left: Expression
  readonly right: Expression
}

/** One operation of two numbers inside an expression, and what is left when it is done. */
export interface Reduction {
  readonly left: number
  readonly operator: Operator
  readonly right: number
  readonly value: number
  readonly next: Expression
}

export interface Size {
  readonly operations: number
  readonly leaf: number // largest number that is written
  readonly max: number // largest result; none is below 0
}

/** The expression's text; only the outermost operation has no brackets. */
export function print(expression: Expression): string {
  if (typeof expression === 'number') return String(expression)
  const operand = (side: Expression): string =>
    typeof side === 'number' ? String(side) : `(${print(side)})`
  return operand(expression.left) + expression.operator + operand(expression.right)
}

/** Reads a printed expression; null for any other text. */
export function read(text: string): Expression | null {
  let at = 0
  const operand = (): Expression | null => {
    const digits = /^\d+/.exec(text.slice(at, at + 16))?.[0]
    if (digits !== undefined) {
      at += digits.length
      return Number(digits)
    }
    if (text[at++] !== '(') return null
    const inner = operation()
    return inner !== null && text[at++] === ')' ? inner : null
  }
  const operation = (): Expression | null => {
    const left = operand()
    const operator = operators.find(one => one === text[at])
    if (left === null || operator === undefined) return left
    at++
    const right = operand()
    return right === null ? null : { operator, left, right }
  }
  const expression = operation()
  return expression !== null && print(expression) === text ? expression : null
}

export function apply(operator: Operator, left: number, right: number): number {
  if (operator === '*') return left * right
  return operator === '+' ? left + right : left - right
}

/** Every operation whose operands are both numbers, from left to right. */
export function reductions(expression: Expression): Reduction[] {
  if (typeof expression === 'number') return []
  const { operator, left, right } = expression
  if (typeof left === 'number' && typeof right === 'number') {
    const value = apply(operator, left, right)
    return [{ left, operator, right, value, next: value }]
  }
  return [
    ...reductions(left).map(one => ({ ...one, next: { operator, left: one.next, right } })),
    ...reductions(right).map(one => ({ ...one, next: { operator, left, right: one.next } })),
  ]
}

/** All expressions that lie one change away: `change` gives the other forms of a node. */
export function variants(
  expression: Expression,
  change: (node: Expression) => readonly Expression[],
): Expression[] {
  const here = [...change(expression)]
  if (typeof expression === 'number') return here
  const { operator, left, right } = expression
  return [
    ...here,
    ...variants(left, change).map(one => ({ operator, left: one, right })),
    ...variants(right, change).map(one => ({ operator, left, right: one })),
  ]
}

/** A random expression whose every partial result lies in 0..max. */
export function randomExpression(random: Random, { operations, leaf, max }: Size): Expression {
  const build = (count: number): { expression: Expression; value: number } => {
    if (count === 0) {
      const value = 1 + below(random, leaf)
      return { expression: value, value }
    }
    for (;;) {
      const inLeft = below(random, count)
      const left = build(inLeft)
      const right = build(count - 1 - inLeft)
      const operator = pick(random, operators)
      const value = apply(operator, left.value, right.value)
      if (value < 0 || value > max) continue
      return { expression: { operator, left: left.expression, right: right.expression }, value }
    }
  }
  return build(operations).expression
}

/** A step that says an operation and what it leaves. */
export function stepText({ left, operator, right, value, next }: Reduction): string {
  return `${left}${operator}${right}=${value}, so ${print(next)}`
}
