// Values with their units, options, and words.

import type { Rational } from '../algebra/rational.ts'
import {
  type Answer,
  algebraic,
  type Container,
  call,
  type Expression,
  isExpression,
  number,
  symbol,
} from '../answers/answer.ts'
import { caseless } from '../answers/words.ts'
import { isUnit, isUnitText, letterUnits, unitFactor } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { exponentLength, isFunction } from './parse-start.ts'
import { sum } from './parse-sum.ts'

/** A value and the unit that follows it, if one does. */
export function quantity(p: Cursor): Answer {
  const token = p.peek()
  const option = token?.kind === 'text' ? /^\(([A-Za-z])\)$/.exec(token.text) : null
  if (option) {
    p.next()
    return symbol(option[1])
  }
  if (token?.kind === 'text' && token.text.length > 1 && !isExpressionText(p)) {
    const after = p.peek(1)?.kind
    if (!isFunction(token, p) || (after !== 'command' && after !== 'number')) return word(p)
  }
  const value = sum(p)
  const scale = scaleAt(p, value)
  if (scale) return { kind: 'quantity', value: withoutDegree(algebraic(value)), unit: scale }
  const unit = unitAt(p, value)
  return unit === '' ? value : compound(p, { kind: 'quantity', value, unit })
}

/** The scale of a temperature: `25^\\circ C`. */
function scaleAt(p: Cursor, value: Answer): string | null {
  const token = p.peek()
  const letter = token?.kind === 'letter' || token?.kind === 'text' ? token.text : ''
  if (!isExpression(value) || withoutDegree(value) === value || !/^[CF]$/.test(letter)) return null
  p.next()
  return letter === 'C' ? 'celsius' : 'fahrenheit'
}

function withoutDegree(e: Expression): Expression {
  if (e.kind !== 'call') return e
  if (e.name === 'degree') return e.args[0]
  const inside = e.name === 'neg' ? withoutDegree(e.args[0]) : e
  return inside === e || inside === e.args[0] ? e : call('neg', inside)
}

type Quantity = Extract<Container, { kind: 'quantity' }>

/** `3 hours 20 minutes`: what follows in smaller units of the same kind belongs to it. */
function compound(p: Cursor, whole: Quantity): Answer {
  if (!isExpression(whole.value)) return whole
  let total: Expression = whole.value
  let least = whole.unit
  for (;;) {
    const start = p.position
    if (p.peek()?.text === 'and' && p.peek()!.kind !== 'sign') p.next()
    const value = p.peek()?.kind === 'number' ? sum(p) : null
    const unit = value ? unitAt(p, value) : ''
    const [smaller, share] = [partOf(unit, least), partOf(unit, whole.unit)]
    if (!value || !smaller || !share) {
      p.return(start)
      return { ...whole, value: total }
    }
    total = call('add', total, call('mul', algebraic(value), number(share)))
    least = unit
  }
}

/** What a unit is of a larger one of its kind; null where it is none. */
function partOf(unit: string, of: string): Rational | null {
  const share = isUnit(unit) && isUnit(of) ? unitFactor(unit, of) : null
  return share && share.n < share.d ? share : null
}

function isExpressionText(p: Cursor): boolean {
  const names = p.is('=', 1) && !isDescription(p.peek()!.text)
  return p.is('(', 1) || p.is('_', 1) || names || p.is('^', 1)
}

/** Words that say what a value is of: `\\text{Area} = 7`; any other could deny it. */
function isDescription(text: string): boolean {
  return descriptions.test(text)
}

const descriptions =
  /^(?:the )?(?:total |surface |minimum |maximum |average )?(?:answer|result|value|solution|number|count|total|sum|difference|product|quotient|remainder|ratio|rate|area|volume|perimeter|circumference|length|width|height|depth|radius|diameter|distance|slope|angle|speed|time|age|cost|price|profit|probability|average|mean|median|mode|range)(?: of(?: the| a)? [a-z]+)?$/i

function word(p: Cursor): Answer {
  const words: string[] = []
  const marked: string[] = []
  for (
    let token = p.peek();
    token && (token.kind === 'text' || token.kind === 'word');
    token = p.peek()
  ) {
    if (words.length > 0 && /^(and|or)$/i.test(token.text.trim())) break
    const { text, kind } = p.next()
    words.push(text)
    marked.push(kind === 'text' ? `\\text{${text}}` : text)
  }
  return { kind: 'word', text: words.join(' '), caseless: caseless(marked.join(' ')) }
}

function unitAt(p: Cursor, value: Answer): string {
  const singular = /^[A-Za-z]{3}/.test(p.peek()?.text ?? '') && isAtMostOne(value)
  const anyNoun = p.reading.looseText || singular
  const parts: string[] = []
  while (startsUnit(p, parts.length > 0, anyNoun)) {
    parts.push(p.next().text)
    const length = exponentLength(p, 0)
    const digits = p.peek(length === 2 ? 1 : length - 2)
    if (length > 0 && digits?.kind === 'number') {
      const exponent = Array.from({ length }, () => p.next().text)
      parts.push(exponent.join('').replace(/[{}]/g, ''))
    }
    if (p.is('/')) parts.push(p.next().text)
    else if (p.isCommand('cdot')) p.next()
  }
  return parts.join(' ')
}

/** Whether a noun in the singular may follow: 1 apple, 1/2 apple. */
function isAtMostOne(value: Answer): boolean {
  const parts = value.kind === 'call' && value.name === 'div' ? value.args : null
  const [n, d] = (parts ?? [value]).map(part =>
    part.kind === 'number' ? Number(part.value.n) / Number(part.value.d) : Number.NaN,
  )
  return (parts ? n / d : n) <= 1
}

function startsUnit(p: Cursor, within: boolean, anyNoun: boolean): boolean {
  const token = p.peek()
  if (token?.kind === 'text') return isUnitText(token.text, anyNoun)
  if (token?.kind === 'word')
    return p.reading.looseText ? isUnitText(token.text, true) : isUnit(token.text)
  return token?.kind === 'letter' && letterUnits.has(token.text) && (within || p.reading.gluedUnits)
}
