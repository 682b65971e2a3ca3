// Nested arithmetic, one operation a step: `3+4=7, so (7*2)-5`. A step repeats what is left to do,
// so it is right if and only if it is a valid reduction of what the step before it left.

import { DataError } from '../../errors.ts'
import { pick } from '../../numbers/random.ts'
import type { Problem } from '../../types.ts'
import { arithmeticMistakes } from './arithmetic-mistakes.ts'
import type { Expression } from './expression.ts'
import * as arithmetic from './expression.ts'
import {
  type Advance,
  boxedNumber,
  byRule,
  levelOf,
  metaText,
  type StepRule,
  type TaskFamily,
} from './task.ts'

const { print, reductions, stepText } = arithmetic

const levels = [
  { operations: [2, 3], leaf: 9, max: 9 },
  { operations: [2, 3], leaf: 9, max: 20 },
  { operations: [3, 4], leaf: 20, max: 99 },
  { operations: [4, 5], leaf: 50, max: 99 },
] as const

const stepForm = /^(\d+)([-+*])(\d+)=(-?\d+), so (.+)$/

const rule: StepRule<Expression> = {
  start(problem) {
    const expression = arithmetic.read(metaText(problem, 'expression'))
    if (expression !== null) return expression
    throw new DataError(`problem ${problem.id}: meta.expression is not an expression`)
  },
  advance(state, step) {
    const boxed = boxedNumber(step)
    if (boxed !== null) return advanceBoxed(state, boxed)
    const parts = stepForm.exec(step)
    if (parts === null) return { wrong: 'not a step' }
    const [, left, operator, right, value, rest] = parts
    const same = reductions(state).filter(
      one =>
        one.operator === operator &&
        (left + operator + right === `${one.left}${operator}${one.right}` ||
          (operator !== '-' && right + operator + left === `${one.left}${operator}${one.right}`)),
    )
    if (same.length === 0) return { wrong: 'copied wrong' }
    if (value !== String(same[0].value)) return { wrong: 'wrong result' }
    const found = same.find(one => print(one.next) === rest)
    if (found) return { next: found.next }
    return { wrong: same.some(one => leadsTo(one.next, rest)) ? 'skips' : 'copied wrong' }
  },
  right(state) {
    if (typeof state === 'number') return [`\\boxed{${state}}`]
    return reductions(state).flatMap(one =>
      one.operator === '-'
        ? [stepText(one)]
        : [stepText(one), stepText({ ...one, left: one.right, right: one.left })],
    )
  },
  kindOf: step => (stepForm.test(step) ? 'solve' : null),
}

/** Nested expressions of + - *, reduced by one operation a step. */
export const nestedArithmetic: TaskFamily = {
  name: 'nested-arithmetic',
  generate(random, difficulty) {
    const { operations, leaf, max } = levelOf(levels, difficulty)
    const size = { operations: pick(random, operations), leaf, max }
    return problemOf(arithmetic.randomExpression(random, size))
  },
  ...byRule(rule, arithmeticMistakes),
}

function problemOf(expression: Expression): Problem {
  const solution: string[] = []
  let state = expression
  for (let [first] = reductions(state); first !== undefined; [first] = reductions(state)) {
    state = first.next
    solution.push(stepText(first))
  }
  return {
    id: `nested-arithmetic:${print(expression)}`,
    prompt: `Compute ${print(expression)}.\n\n`,
    answer: print(state),
    solution: [...solution, `\\boxed{${print(state)}}`],
    meta: { task: 'nested-arithmetic', expression: print(expression) },
  }
}

function advanceBoxed(state: Expression, boxed: string): Advance<Expression> {
  if (typeof state !== 'number') return { wrong: 'skips' }
  return boxed === String(state) ? { next: 'solved' } : { wrong: 'boxed differs' }
}

function leadsTo(state: Expression, text: string): boolean {
  return print(state) === text || reductions(state).some(one => leadsTo(one.next, text))
}
