// Mistakes in one step of nested arithmetic: in the operation, or in what is copied of the rest.

import { below, pick, type Random } from '../../numbers/random.ts'
import type { Expression, Reduction } from './expression.ts'
import * as arithmetic from './expression.ts'
import {
  asMistake,
  type Mistake,
  type MistakeKind,
  repeatedStep,
  slip,
  withoutCarry,
} from './mistakes.ts'

const { print, reductions, stepText } = arithmetic

/** A mistake in the doing of one operation. */
function whileReducing(
  kind: MistakeKind,
  change: (one: Reduction, random: Random, state: Expression) => Reduction | null,
): Mistake<Expression> {
  return asMistake(kind, (state, random) => {
    const possible = reductions(state)
    if (possible.length === 0) return null
    const changed = change(pick(random, possible), random, state)
    return changed === null || changed.value < 0 ? null : stepText(changed)
  })
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
const inRest = (
  kind: MistakeKind,
  change: (node: Expression, random: Random) => readonly Expression[],
) =>
  whileReducing(kind, (one, random) => {
    const found = arithmetic.variants(one.next, node => change(node, random))
    return found.length === 0 ? null : { ...one, next: pick(random, found) }
  })

const wrongResult = whileReducing('result', (one, random, state) =>
  withResult(state, one, slip(one.value, random)),
)
/** Any result up to 20, or twice the right one: what a model writes that has never seen the operation. */
const anyResult = whileReducing('result', (one, random, state) =>
  withResult(state, one, below(random, Math.max(21, 2 * one.value))),
)
const lostCarry = whileReducing('carry', (one, _random, state) => {
  const value = withoutCarry(one.left, one.operator, one.right)
  return value === null ? null : withResult(state, one, value)
})
const wrongOperator = whileReducing('operator', (one, random, state) =>
  withResult(state, one, arithmetic.apply(pick(random, arithmetic.operators), one.left, one.right)),
)
const wrongOperand = whileReducing('operand', (one, random, state) => {
  const left = slip(one.left, random)
  const value = arithmetic.apply(one.operator, left, one.right)
  return { ...withResult(state, one, value), left }
})
const swappedOperands = whileReducing('order', one => ({
  ...one,
  left: one.right,
  right: one.left,
}))
const skipped = whileReducing('skipped', (one, random) => {
  const further = reductions(one.next)
  return further.length === 0 ? null : { ...one, next: pick(random, further).next }
})
const copiedNumber = inRest('copied', (node, random) =>
  typeof node === 'number' ? [slip(node, random)] : [],
)
const copiedOperator = inRest('copied', (node, random) =>
  typeof node === 'number' ? [] : [{ ...node, operator: pick(random, arithmetic.operators) }],
)
const swappedRest = inRest('order', node =>
  typeof node === 'number' ? [] : [{ ...node, left: node.right, right: node.left }],
)
const droppedTerm = inRest('dropped', node =>
  typeof node === 'number' ? [] : [node.left, node.right],
)

const wrongBox = asMistake<Expression>('answer', (state, random) =>
  typeof state === 'number' ? `\\boxed{${slip(state, random)}}` : null,
)
const earlyBox = asMistake<Expression>('early-stop', (state, random) =>
  typeof state === 'number' || below(random, 3) > 0 // rarer than a slip
    ? null
    : `\\boxed{${pick(random, reductions(state)).value}}`,
)

/** Kinds of mistakes; one that stands several times is drawn as often. */
export const arithmeticMistakes: readonly Mistake<Expression>[] = [
  wrongResult,
  wrongResult,
  anyResult,
  anyResult,
  anyResult,
  anyResult,
  lostCarry,
  wrongOperator,
  wrongOperand,
  swappedOperands,
  skipped,
  copiedNumber,
  copiedNumber,
  copiedOperator,
  swappedRest,
  droppedTerm,
  repeatedStep,
  wrongBox,
  earlyBox,
]
