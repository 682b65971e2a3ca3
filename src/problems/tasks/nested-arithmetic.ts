// Nested arithmetic, one operation a step: `3+4=7, so (7*2)-5`. A step repeats what is left to do,
// so it is right if and only if it is a valid reduction of what the step before it left.

import { DataError } from '../../errors.ts'
import { below, pick, type Random } from '../../random.ts'
import type { Problem } from '../../types.ts'
import type { Expression, Reduction } from './expression.ts'
import * as arithmetic from './expression.ts'
import {
  type Advance,
  boxedNumber,
  judge,
  levelOf,
  type Mistake,
  metaText,
  mistaken,
  type StepRule,
  slip,
  type TaskFamily,
} from './task.ts'

const { print, reductions } = arithmetic

const levels = [
  { operations: [2, 3], leaf: 9, max: 9 },
  { operations: [2, 3], leaf: 9, max: 20 },
  { operations: [3, 4], leaf: 20, max: 99 },
  { operations: [4, 5], leaf: 50, max: 99 },
] as const

const rule: StepRule<Expression> = {
  start(problem) {
    const expression = arithmetic.read(metaText(problem, 'expression'))
    if (expression !== null) return expression
    throw new DataError(`problem ${problem.id}: meta.expression is not an expression`)
  },
  advance(state, step) {
    const boxed = boxedNumber(step)
    if (boxed !== null) return advanceBoxed(state, boxed)
    const parts = /^(\d+)([-+*])(\d+)=(-?\d+), so (.+)$/.exec(step)
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
}

/** Nested expressions of + - *, reduced by one operation a step. */
export const nestedArithmetic: TaskFamily = {
  name: 'nested-arithmetic',
  generate(random, difficulty) {
    const { operations, leaf, max } = levelOf(levels, difficulty)
    const size = { operations: pick(random, operations), leaf, max }
    return problemOf(arithmetic.randomExpression(random, size))
  },
  oracle: (problem, steps) => judge(rule, problem, steps),
  wrongStep: (problem, steps, index, random) =>
    mistaken(rule, problem, steps.slice(0, index), mistakes, random),
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

function stepText({ left, operator, right, value, next }: Reduction): string {
  return `${left}${operator}${right}=${value}, so ${print(next)}`
}

/** A mistake in the doing of one operation. */
function whileReducing(
  change: (one: Reduction, random: Random, state: Expression) => Reduction | null,
): Mistake<Expression> {
  return (state, random) => {
    const possible = reductions(state)
    if (possible.length === 0) return null
    const changed = change(pick(random, possible), random, state)
    return changed === null || changed.value < 0 ? null : stepText(changed)
  }
}

/** The operation with another result, which the rest of the step then carries on. */
function withResult(state: Expression, one: Reduction, value: number): Reduction {
  const next = arithmetic.variants(state, node => (isOperation(node, one) ? [value] : [])).at(0)
  return { ...one, value, next: next ?? one.next }
}

function isOperation(node: Expression, one: Reduction): boolean {
  return print(node) === `${one.left}${one.operator}${one.right}`
}

/** The rest of the step with one node changed. */
const inRest = (change: (node: Expression, random: Random) => readonly Expression[]) =>
  whileReducing((one, random) => {
    const found = arithmetic.variants(one.next, node => change(node, random))
    return found.length === 0 ? null : { ...one, next: pick(random, found) }
  })

const wrongResult = whileReducing((one, random, state) =>
  withResult(state, one, slip(one.value, random)),
)
const wrongOperator = whileReducing((one, random, state) =>
  withResult(state, one, arithmetic.apply(pick(random, arithmetic.operators), one.left, one.right)),
)
const wrongOperand = whileReducing((one, random, state) => {
  const left = slip(one.left, random)
  const value = arithmetic.apply(one.operator, left, one.right)
  return { ...withResult(state, one, value), left }
})
const swappedOperands = whileReducing(one => ({ ...one, left: one.right, right: one.left }))
const skipped = whileReducing((one, random) => {
  const further = reductions(one.next)
  return further.length === 0 ? null : { ...one, next: pick(random, further).next }
})
const copiedNumber = inRest((node, random) =>
  typeof node === 'number' ? [slip(node, random)] : [],
)
const copiedOperator = inRest((node, random) =>
  typeof node === 'number' ? [] : [{ ...node, operator: pick(random, arithmetic.operators) }],
)
const swappedRest = inRest(node =>
  typeof node === 'number' ? [] : [{ ...node, left: node.right, right: node.left }],
)
const droppedTerm = inRest(node => (typeof node === 'number' ? [] : [node.left, node.right]))

const wrongBox: Mistake<Expression> = (state, random) =>
  typeof state === 'number'
    ? `\\boxed{${slip(state, random)}}`
    : below(random, 3) > 0 // an early box is rarer than a slip
      ? null
      : `\\boxed{${pick(random, reductions(state)).value}}`

const mistakes: readonly Mistake<Expression>[] = [
  wrongResult,
  wrongResult,
  wrongOperator,
  wrongOperand,
  swappedOperands,
  skipped,
  copiedNumber,
  copiedNumber,
  copiedOperator,
  swappedRest,
  droppedTerm,
  wrongBox,
]
