// Numbers with what is written beside them: units, percent signs, degrees, ratios and times of day.

import { integer, type Rational, times } from '../algebra/rational.ts'
import { unitFactor } from '../units.ts'
import { type Answer, call, type Expression, isExpression, number } from './answer.ts'
import { by, type Context } from './context.ts'
import { sameExpression } from './expressions.ts'

/** Whether an answer has a unit, or is an angle in degrees. */
export function isMeasured(answer: Answer): boolean {
  return answer.kind === 'quantity' || (answer.kind === 'call' && answer.name === 'degree')
}

/** Whether two quantities are the same; what a missing unit means is the policy's. */
export function sameQuantity(gold: Answer, pred: Answer, context: Context): boolean {
  const [a, b] = [measured(gold), measured(pred)]
  const { units } = context.policy
  if (units === 'ignored') return context.same(a.value, b.value, context)
  if (a.unit === null || b.unit === null) {
    if (isPercent(a.value) ? b.unit === 'degree' : isPercent(b.value) && a.unit === 'degree')
      return false
    if (units === 'required' && a.unit !== 'degree' && b.unit !== 'degree') return false
    return (
      context.same(a.value, b.value, context) ||
      (isExpression(gold) && isExpression(pred) && sameNumber(gold, pred, loosely(context)))
    )
  }
  const factor = unitFactor(b.unit, a.unit)
  return factor !== null && context.same(a.value, scaled(b.value, factor), loosely(context))
}

function isPercent(answer: Answer): boolean {
  return answer.kind === 'call' && answer.name === 'percent'
}

function measured(answer: Answer): { value: Answer; unit: string | null } {
  if (answer.kind === 'quantity') return answer
  if (answer.kind === 'call' && answer.name === 'degree')
    return { value: answer.args[0], unit: 'degree' }
  return { value: answer, unit: null }
}

function scaled(value: Answer, factor: Rational): Answer {
  if (factor.n === factor.d || !isExpression(value)) return value
  if (value.kind === 'number') return number(times(value.value, factor))
  return call('mul', value, number(factor))
}

/** Whether two expressions are the same, where the policy lets percent signs and cases pass. */
export function sameNumber(gold: Expression, pred: Expression, context: Context): boolean {
  if (sameExpression(gold, pred, context)) return true
  if (context.policy.units !== 'required' && hasDegrees(gold) !== hasDegrees(pred)) {
    const [a, b] = [withoutDegrees(gold), withoutDegrees(pred)]
    if (sameExpression(a, b, context)) return true
  }
  const { percent } = context.policy
  if (percent === 'value') return false
  const [a, b] = [withoutPercent(gold), percent === 'loose' ? withoutPercent(pred) : pred]
  return (a !== gold || b !== pred) && sameExpression(a, b, context)
}

const arithmetic = new Set(['add', 'neg', 'mul', 'div', 'mixed', 'pm', 'mp'])

/** Whether degree signs stand in a sum, a product or a quotient: those inside functions are part of their meaning. */
function hasDegrees(e: Expression): boolean {
  if (e.kind !== 'call') return false
  return e.name === 'degree' || (arithmetic.has(e.name) && e.args.some(hasDegrees))
}

function withoutDegrees(e: Expression): Expression {
  if (e.kind !== 'call' || !(e.name === 'degree' || arithmetic.has(e.name))) return e
  return e.name === 'degree'
    ? withoutDegrees(e.args[0])
    : call(e.name, ...e.args.map(withoutDegrees))
}

function withoutPercent(e: Expression): Expression {
  return e.kind === 'call' && isPercent(e) ? e.args[0] : e
}

/** Whether an answer is written with colons. */
export function isTimeOrRatio(answer: Answer): boolean {
  return answer.kind === 'ratio' || answer.kind === 'clock'
}

/** Whether two ratios are in proportion, or two times of day the same. */
export function sameRatio(gold: Answer, pred: Answer, context: Context): boolean {
  if (gold.kind === 'clock' && pred.kind === 'clock') {
    return gold.seconds === pred.seconds && by(context, 'exact')
  }
  const [a, b] = [termsOf(gold, context), termsOf(pred, context)]
  if (!a || !b || a.length !== b.length) return false
  const [x, y] = [a[0], b[0]]
  return a.every((term, i) =>
    sameExpression(call('mul', term, y), call('mul', b[i], x), loosely(context)),
  )
}

function termsOf(answer: Answer, { policy }: Context): readonly Expression[] | null {
  if (answer.kind === 'ratio') return answer.terms
  if (answer.kind === 'clock') return answer.terms
  if (answer.kind === 'call' && answer.name === 'div') return answer.args
  return isExpression(answer) && policy.looseBrackets ? [answer, number(integer(1))] : null
}

/** The same comparison, with nothing left to work out. */
export function loosely(context: Context): Context {
  return { ...context, policy: { ...context.policy, unevaluated: true } }
}
